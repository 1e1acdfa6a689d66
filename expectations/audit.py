"""The checks of this package, in addition to dbt's tests."""

from collections.abc import Mapping
from pathlib import Path

from expectations.gx import load_checks, run_suites
from expectations.lock import NO_OTHERS, Queries, check_lock
from expectations.metrics import Metric
from expectations.recomputations import check_name
from expectations.records import NO_AUDIT, CheckRecord, Earlier
from sources.common.limits import Limits


def required_checks(metrics: Mapping[str, Metric]) -> list[tuple[str, str]]:
    """Every (suite, check_name) of this package; a check without a record fails the refresh."""
    return [
        *(("gx", check.name) for check in load_checks()),
        *(("recomputation", check_name(m.name, dimension)) for m in metrics.values() for dimension in m.dimensions),
        *(("lock", name) for name in [*metrics, NO_OTHERS]),
    ]


def run_apart(
    warehouse: Path,
    stage: Path,
    metrics: Mapping[str, Metric],
    compiled: Mapping[str, Queries],
    prints: Mapping[str, str],
    served: Path | None,
    limits: Limits | None = None,
    earlier: Earlier = NO_AUDIT,
) -> list[CheckRecord]:
    """Run the suites and the lock on a build.

    `compiled` maps a metric to its SQL, `prints` to its fingerprint; `served` is the served warehouse, if there is one.
    """
    return [*run_suites(warehouse, stage, limits, earlier), *check_lock(metrics, compiled, prints, warehouse, served)]
