"""Audit: every dbt test, Great Expectations check, independent recomputation and lock leaves one record.

The records are one asset. Each is shown on the table, feed or metric that it is about: a rule with a name of its own as
an asset check, what is alike on one table (its columns, one metric's recomputations) as one asset check.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckKey,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    MaterializeResult,
    MetadataValue,
    TableRecord,
    asset,
    multi_asset_check,
)

from dagster_project import audit, dbt_runner, measure, steps
from dagster_project.defs.landing import FEEDS, FROZEN
from dagster_project.defs.models import TRANSLATOR, first_pass, last_pass, second_pass
from dagster_project.defs.naming import POOL, asset_key
from dagster_project.defs.resource import RefreshRun, failing
from dagster_project.settings import DBT_PROJECT
from expectations.gx import load_checks
from expectations.recomputations import check_name
from expectations.records import CheckRecord
from serving.words import plural

MODELS = dbt_runner.manifest()
BUILT = [*first_pass.keys, *second_pass.keys, *last_pass.keys]
VALUES, METRICS = asset_key("metrics", "fct_metric_values"), asset_key("metrics", "dim_metric")
OF_COLUMNS = {"not_null", "unique", "unique_combination", "relationships", "accepted_values"}
COLUMNS = "Keys are unique, required columns are filled, ids refer to rows that exist, codes are known."
LOCK = "No definition or SQL of a metric differs from expectations/metrics.lock, unless its version is raised."


@dataclass(frozen=True)
class Shown:
    """The asset check that shows a record."""

    asset: AssetKey
    name: str
    description: str

    @property
    def key(self) -> AssetCheckKey:
        """Its key in Dagster."""
        return AssetCheckKey(self.asset, self.name)


@asset(
    key=asset_key("audit", "fct_check_results"),
    deps=BUILT,
    group_name="audit",
    owners=["team:data"],
    kinds={"greatexpectations", "dbt", "parquet"},
    pool=POOL,
)
def check_results(refresh: RefreshRun) -> MaterializeResult[Any]:
    """One row per check of this refresh. A required check without a record counts as failed."""
    with failing():
        steps.audit(refresh.state)
    records = refresh.state.records
    return MaterializeResult(metadata={**audit.counted(records), "dagster/row_count": len(records)})


def _shown() -> Mapping[tuple[str, str], Shown]:
    """How each required check is shown, by (suite, check)."""
    known = {*BUILT, *(spec.key for spec in (*FEEDS.values(), *FROZEN.values()))}
    nodes = {uid: TRANSLATOR.get_asset_key(MODELS["nodes"][uid]) for uid in MODELS["nodes"] if uid.startswith("model.")}
    found: dict[tuple[str, str], Shown] = {}
    for test in dbt_runner.data_tests().values():
        kind = (test.get("test_metadata") or {}).get("name")
        name, described = ("columns", COLUMNS) if kind in OF_COLUMNS else (kind or test["name"], _described(test, kind))
        found["dbt", test["name"]] = Shown(nodes[audit.test_object(MODELS, test) or ""], name, described)
    for check in load_checks():
        key = asset_key(*check.table.removeprefix("stage.").split("."))
        found["gx", check.name] = Shown(key if key in known else VALUES, check.name, _sentence(check.description))
    for metric in measure.metrics().values():
        described = f"{metric.label}, computed again from the landed feeds by SQL that shares no code with the models."
        for dimension in metric.dimensions:
            found["recomputation", check_name(metric.name, dimension)] = Shown(
                VALUES, f"recomputation_{metric.name}", described
            )
    return found | {
        check: Shown(METRICS, "metrics_lock", LOCK) for check in audit.declared_objects() if check[0] == "lock"
    }


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _described(test: Mapping[str, Any], kind: str | None) -> str:
    """Why there is a dbt test: the comment with which its file begins, or that of the kind of test."""
    if kind is None:
        return test["raw_code"].partition("\n")[0].lstrip("- ")
    text = (DBT_PROJECT / MODELS["macros"][f"macro.outcome_warehouse.test_{kind}"]["original_file_path"]).read_text()
    return " ".join(text.partition("#}")[0].strip("{#- \n").split())


SHOWN = _shown()


@multi_asset_check(
    specs=[
        AssetCheckSpec(
            shown.name, asset=shown.asset, description=shown.description, additional_deps=[check_results.key]
        )
        for shown in {shown.key: shown for shown in SHOWN.values()}.values()
    ],
    name="show_checks",
    can_subset=True,
    pool=POOL,
)
def show_checks(context: AssetCheckExecutionContext, refresh: RefreshRun) -> Iterator[AssetCheckResult]:
    """The records of the build's audit; of a build that was changed since, its dbt tests are run again."""
    selected = context.selected_asset_check_keys
    tests = {name for (suite, name), shown in SHOWN.items() if suite == "dbt" and shown.key in selected}
    with failing():
        records = steps.audited(refresh.state) or steps.test_models(refresh.state, tests)
    grouped: dict[AssetCheckKey, list[CheckRecord]] = defaultdict(list)
    for record in records:
        if (shown := SHOWN.get((record.suite, record.check_name))) is not None and shown.key in selected:
            grouped[shown.key].append(record)
    for key, members in grouped.items():
        yield _result(key, members)


def _result(key: AssetCheckKey, records: Sequence[CheckRecord]) -> AssetCheckResult:
    """The records of one asset check; those that are not passed come first."""
    ordered = sorted(records, key=lambda record: (not record.blocks, not audit.warns(record), record.check_name))
    wrong = [record for record in ordered if record.blocks or audit.warns(record)]
    metadata: dict[str, Any] = {}
    if len(ordered) > 1:
        table = key.asset_key.path[-1]
        metadata["checks"] = MetadataValue.table([_row(record, table) for record in ordered])
    for record in wrong[:1] or (ordered if len(ordered) == 1 else []):
        shown = {"observed": record.observed, "expected": record.expected, "rows": record.failing_rows}
        metadata |= {name: value for name, value in shown.items() if value is not None}
    if wrong:
        metadata["to see the rows"] = f"outcomes check --rows {wrong[0].check_name}"
        metadata |= {"sample": MetadataValue.text(wrong[0].sample)} if wrong[0].sample else {}
        metadata |= {"SQL": MetadataValue.md(f"```sql\n{wrong[0].rows_sql}\n```")} if wrong[0].rows_sql else {}
    found = [f"{record.observed or record.status}, expected: {record.expected}" for record in wrong[:5]]
    if len(ordered) > 1:
        named = "; ".join(f"{record.check_name}: {what}" for record, what in zip(wrong, found, strict=False))
        found = [f"{len(wrong)} of {plural(len(ordered), 'check')} failed. {named}"]
    return AssetCheckResult(
        passed=not wrong,
        check_name=key.name,
        asset_key=key.asset_key,
        severity=AssetCheckSeverity.ERROR if any(record.blocks for record in ordered) else AssetCheckSeverity.WARN,
        description=found[0] if wrong else None,
        metadata=metadata,
    )


def _row(record: CheckRecord, table: str) -> TableRecord:
    """A record in a table of them, without the name of the table that it stands on."""
    return TableRecord(
        {
            "check": record.check_name.replace(f"_{table}_", " "),
            "status": record.status,
            "rows": record.failing_rows or 0,
            "observed": record.observed or "",
            "expected": record.expected or "",
        }
    )
