"""Build and measure: the models in three passes, MetricFlow's saved queries between them.

Group, owners and description of a model are those of dbt (`meta` in dbt_project.yml, the YAML beside the model).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    MaterializeResult,
    TableColumnDep,
    TableColumnLineage,
    multi_asset,
)
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from dagster_project import dbt_runner, steps
from dagster_project.column_lineage import column_lineage
from dagster_project.dbt_runner import AFTER_METRICS, AFTER_OUTCOME_METRICS
from dagster_project.defs.naming import POOL, PREFIX, asset_key
from dagster_project.defs.resource import RefreshRun, failing

MANIFEST = dbt_runner.prepare() / "manifest.json"


class Translator(DagsterDbtTranslator):
    """A model's key under the portfolio's prefix, and its description alone: the SQL stands in the project."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> AssetKey:
        """Schema and name of a model or source."""
        key = super().get_asset_key(dbt_resource_props)
        return key.with_prefix(PREFIX) if PREFIX else key

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What dbt says of a model."""
        return dbt_resource_props["description"]


# dbt's tests run together in the audit, so that one failure doesn't hide the others
TRANSLATOR = Translator(DagsterDbtTranslatorSettings(enable_asset_checks=False))


def lineage_of(unique_id: str) -> TableColumnLineage:
    """Which columns each column of a model is computed from; of a model that can't be read, none."""
    nodes = {**dbt_runner.models(), **dbt_runner.manifest()["sources"]}
    return TableColumnLineage(
        {
            column: [TableColumnDep(TRANSLATOR.get_asset_key(nodes[uid]), name) for uid, name in read]
            for column, read in column_lineage().get(unique_id, {}).items()
        }
    )


def build_pass(
    context: AssetExecutionContext, refresh: RefreshRun, tag: str | None
) -> Iterator[MaterializeResult[Any]]:
    """Build the selected models of one pass; one materialisation per model."""
    specs: Mapping[AssetKey, AssetSpec] = context.assets_def.specs_by_key
    uids = {key: specs[key].metadata["dagster_dbt/unique_id"] for key in context.selected_asset_keys}
    keys = {uid.rpartition(".")[2]: key for key, uid in uids.items()}
    with failing():
        built = steps.build(refresh.state, tag, keys)
    for model in built:  # in the order in which they were built, parents first
        key = keys[model.name]
        yield MaterializeResult(
            asset_key=key,
            metadata={
                "seconds": round(model.seconds, 3),
                "unchanged": not model.is_new,  # its table is that of the published version's build
                "dagster/row_count": model.rows,
                "dagster/column_lineage": lineage_of(uids[key]),
            },
        )


@dbt_assets(
    manifest=MANIFEST,
    exclude=f"tag:{AFTER_METRICS} tag:{AFTER_OUTCOME_METRICS}",
    dagster_dbt_translator=TRANSLATOR,
    name="build_first_pass",
    pool=POOL,
)
def first_pass(context: AssetExecutionContext, refresh: RefreshRun) -> Iterator[Any]:
    """Staging, intermediate and core models, and measures."""
    yield from build_pass(context, refresh, None)


def _measured(name: str, description: str, deps: Iterable[AssetKey]) -> AssetSpec:
    return AssetSpec(
        asset_key("metricflow", name),
        deps=list(deps),
        description=description,
        group_name="metricflow",
        owners=["team:data"],
        kinds={"metricflow", "duckdb"},
    )


@multi_asset(
    name="measure",
    pool=POOL,
    specs=[
        _measured(name, description, first_pass.keys)
        for name, description in (
            ("metric_inputs", "One row per metric, grain, period, dimension and member that has rows."),
            ("metric_definitions", "One row per metric with its meta."),
        )
    ],
)
def measure_metrics(refresh: RefreshRun) -> Iterator[MaterializeResult[Any]]:
    """Run MetricFlow's compiled saved queries at each grain of their metrics."""
    run = refresh.state
    with failing():
        cells = steps.measure_metrics(run)
    for name, count in (("metric_inputs", cells), ("metric_definitions", len(run.prints))):
        yield MaterializeResult(asset_key=asset_key("metricflow", name), metadata={"dagster/row_count": count})


@dbt_assets(
    manifest=MANIFEST,
    select=f"tag:{AFTER_METRICS}",
    dagster_dbt_translator=TRANSLATOR,
    name="build_second_pass",
    pool=POOL,
)
def second_pass(context: AssetExecutionContext, refresh: RefreshRun) -> Iterator[Any]:
    """Build the models that read metric values."""
    yield from build_pass(context, refresh, AFTER_METRICS)


@multi_asset(
    name="measure_outcomes",
    pool=POOL,
    specs=[
        _measured(
            "outcome_metric_inputs",
            "The same for derived metrics, whose models read other metrics' values.",
            second_pass.keys,
        )
    ],
)
def measure_outcomes(refresh: RefreshRun) -> MaterializeResult[Any]:
    """Run the saved queries of derived metrics (goals and value), which depend on other metrics."""
    with failing():
        cells = steps.measure_outcomes(refresh.state)
    return MaterializeResult(metadata={"dagster/row_count": cells})


@dbt_assets(
    manifest=MANIFEST,
    select=f"tag:{AFTER_OUTCOME_METRICS}",
    dagster_dbt_translator=TRANSLATOR,
    name="build_last_pass",
    pool=POOL,
)
def last_pass(context: AssetExecutionContext, refresh: RefreshRun) -> Iterator[Any]:
    """Combine the values of all metrics."""
    yield from build_pass(context, refresh, AFTER_OUTCOME_METRICS)
