"""What this room asks of a build, beside dbt's own tests."""

from collections.abc import Collection, Mapping
from pathlib import Path

from expectations.contracts import ALL_DECLARED, Compiled, check_contracts, load_metrics
from expectations.gx import load_checks, run_suites
from expectations.recomputations import check_name, run_recomputations
from expectations.records import CheckRecord


def required_checks() -> list[tuple[str, str]]:
    """Every (suite, check_name) that the files of this room declare; one without a record fails the refresh."""
    metrics = load_metrics()
    return [
        *(("gx", check.name) for check in load_checks()),
        *(("recomputation", check_name(m.name, dimension)) for m in metrics.values() for dimension in m.dimensions),
        *(("contract", name) for name in metrics),
        ("contract", ALL_DECLARED),
    ]


def run_apart(
    warehouse: Path, stage: Path, compiled: Mapping[str, Compiled], recomputed: Collection[str]
) -> list[CheckRecord]:
    """Run suites, contracts, and the recomputations of the metrics `recomputed`, on a build.

    `compiled` maps a metric to its SQL.
    """
    return [
        *run_suites(warehouse, stage),
        *check_contracts(compiled, warehouse),
        *run_recomputations(warehouse, stage, recomputed),
    ]
