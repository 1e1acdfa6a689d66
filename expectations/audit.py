"""What this room asks of a build, beside dbt's own tests."""

from collections.abc import Mapping
from pathlib import Path

from expectations.contracts import ALL_DECLARED, Compiled, check_contracts, load_metrics
from expectations.gx import load_checks, run_suites
from expectations.records import CheckRecord
from expectations.witnesses import check_name


def required_checks() -> list[tuple[str, str]]:
    """Every (suite, check_name) that the files of this room declare; one without a record fails the refresh."""
    metrics = load_metrics()
    return [
        *(("gx", check.name) for check in load_checks()),
        *(("witness", check_name(m.name, dimension)) for m in metrics.values() for dimension in m.dimensions),
        *(("contract", name) for name in metrics),
        ("contract", ALL_DECLARED),
    ]


def run_suites_and_contracts(warehouse: Path, stage: Path, compiled: Mapping[str, Compiled]) -> list[CheckRecord]:
    """Run suites and contracts on a build; `compiled` maps a metric to its SQL."""
    return [*run_suites(warehouse, stage), *check_contracts(compiled, warehouse)]
