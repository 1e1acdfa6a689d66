"""Audit: every dbt test, Great Expectations check, independent recomputation and lock leaves one record.

The records are one asset; each is also an asset check of the table, feed or metric that it is about.
"""

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    MaterializeResult,
    MetadataValue,
    asset,
    multi_asset_check,
)

from dagster_project import audit, dbt_runner, steps
from dagster_project.defs.landing import FEEDS, FROZEN
from dagster_project.defs.models import TRANSLATOR, first_pass, last_pass, second_pass
from dagster_project.defs.resource import RefreshRun

MODELS = dbt_runner.manifest()
BUILT = [*first_pass.keys, *second_pass.keys, *last_pass.keys]
SHOWN = ("observed", "expected", "failing_rows", "sample", "rows_sql")


@asset(key=AssetKey(["audit", "fct_check_results"]), deps=BUILT, group_name="audit", kinds={"greatexpectations"})
def check_results(refresh: RefreshRun) -> MaterializeResult[Any]:
    """Run every check of this refresh. A required check without a record counts as failed."""
    steps.audit(refresh.state)
    return MaterializeResult(metadata=dict(audit.counted(refresh.state.records)))


def _specs() -> dict[tuple[str, str], AssetCheckSpec]:
    known = {*BUILT, *(spec.key for spec in (*FEEDS.values(), *FROZEN.values()))}
    nodes = {uid: TRANSLATOR.get_asset_key(MODELS["nodes"][uid]) for uid in MODELS["nodes"] if uid.startswith("model.")}
    keys = {
        ("dbt", test["name"]): nodes.get(audit.test_object(MODELS, test) or "")
        for test in dbt_runner.data_tests().values()
    } | {check: AssetKey(name.removeprefix("stage.").split(".")) for check, name in audit.declared_objects().items()}
    values = AssetKey(["metrics", "fct_metric_values"])
    return {
        (suite, name): AssetCheckSpec(
            f"{suite}__{name}", asset=key if key in known else values, additional_deps=[check_results.key]
        )
        for (suite, name), key in keys.items()
    }


CHECKS = _specs()


@multi_asset_check(specs=list(CHECKS.values()), name="show_checks")
def show_checks(refresh: RefreshRun) -> Iterator[AssetCheckResult]:
    """The records as asset checks."""
    for record in refresh.state.records:
        spec = CHECKS.get((record.suite, record.check_name))
        if spec is not None:
            values = record.model_dump(exclude_none=True)
            yield AssetCheckResult(
                passed=not (record.blocks or audit.warns(record)),
                check_name=spec.name,
                asset_key=spec.asset_key,
                severity=AssetCheckSeverity.ERROR if record.severity == "fail" else AssetCheckSeverity.WARN,
                metadata={name: MetadataValue.text(str(values[name])) for name in SHOWN if name in values},
            )
