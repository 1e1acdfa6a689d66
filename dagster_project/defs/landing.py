"""Land and freeze: one asset per feed, and the list of loads that the refresh reads."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetObservation,
    AssetSpec,
    MaterializeResult,
    TableColumn,
    TableSchema,
    multi_asset,
)

from dagster_project import dbt_runner, mirroring, steps
from dagster_project.defs.fetching import PULLS
from dagster_project.defs.naming import POOL, asset_key
from dagster_project.defs.resource import RefreshRun, failing
from sources.contracts import SQL_TYPES, load_contracts

STAGED = {  # the staging model of each feed, which says its domain and owners
    node["name"].removeprefix("stg_"): node for node in dbt_runner.models().values() if node["schema"] == "staging"
}
# dicts, because Dagster would treat a module-level list of specs as definitions
FEEDS = {
    feed.name: AssetSpec(
        asset_key("landing", feed.name),
        deps=[PULLS],
        description=feed.description,
        group_name=f"landing_{STAGED[feed.name]['fqn'][2]}",
        owners=STAGED[feed.name]["config"]["meta"]["dagster"]["owners"],
        metadata={
            "dagster/column_schema": TableSchema(
                [TableColumn(c.name, SQL_TYPES[c.type], c.description) for c in feed.columns]
            )
        },
        kinds={"parquet"},
    )
    for feed in load_contracts().values()
}
FROZEN = {
    name: AssetSpec(
        asset_key("landing", name),
        deps=[spec.key for spec in FEEDS.values()],
        description=description,
        group_name="landing",
        owners=["team:data"],
        kinds={"duckdb"},
        skippable=True,
    )
    for name, description in (
        ("loads", "The frozen loads: all that this refresh reads."),
        ("quarantine", "The rejected rows of the frozen loads."),
        ("warnings", "The values of landed rows that are read otherwise than they are given."),
        ("settings", "The portfolio's settings and the as-of moment."),
    )
}


@multi_asset(specs=list(FEEDS.values()), name="land", pool=POOL)
def land(refresh: RefreshRun) -> Iterator[MaterializeResult[Any]]:
    """Turn every source's files into contract-checked loads."""
    with failing():
        landed = steps.land(refresh.state)
    for feed, spec in FEEDS.items():
        results = [result for result in landed if result.feed == feed]
        counted: Counter[str] = Counter()  # a source with history has one result per folder
        for result in results:
            counted.update({f"{result.source}/{name}": count for name, count in result.counts.items()})
            counted[f"{result.source}/{result.outcome}_loads"] += 1
        yield MaterializeResult(asset_key=spec.key, metadata=dict(counted))


@multi_asset(specs=list(FROZEN.values()), name="freeze", pool=POOL)
def freeze(context: AssetExecutionContext, refresh: RefreshRun) -> Iterator[MaterializeResult[Any]]:
    """Fix the list of loads to read; if they, the code and the settings match the served version, stop here."""
    run = refresh.state
    if steps.freeze(run):
        for spec in FROZEN.values():
            yield MaterializeResult(asset_key=spec.key, metadata={"loads": len(run.frozen.loads)})
        return
    if message := mirroring.warning(run.mirrored):
        context.log.warning(message)
    if run.mirrored is not None:
        context.log_event(AssetObservation(asset_key("postgres_mirror"), metadata=mirroring.metadata(run.mirrored)))
