"""The checks of this package, in addition to dbt's tests."""

from collections.abc import Mapping

from expectations.gx import load_checks
from expectations.lock import NO_OTHERS
from expectations.metrics import Metric
from expectations.recomputations import check_name


def required_checks(metrics: Mapping[str, Metric]) -> list[tuple[str, str]]:
    """Every (suite, check_name) of this package; a check without a record fails the refresh."""
    return [
        *(("gx", check.name) for check in load_checks()),
        *(("recomputation", check_name(m.name, dimension)) for m in metrics.values() for dimension in m.dimensions),
        *(("lock", name) for name in [*metrics, NO_OTHERS]),
    ]
