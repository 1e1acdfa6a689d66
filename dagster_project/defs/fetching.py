"""Fetch: the one step of a refresh that uses the network, and only where `portfolio.yml` names a tool."""

from typing import Any

from dagster import AssetExecutionContext, MaterializeResult, asset

from dagster_project import steps
from dagster_project.defs.naming import POOL, asset_key
from dagster_project.defs.resource import RefreshRun, failing

PULLS = asset_key("pulls")


@asset(
    key=PULLS,
    group_name="fetch",
    owners=["team:data"],
    pool=POOL,
    kinds={"json"},
    description="The pulls of the sources that are fetched.",
)
def fetch(context: AssetExecutionContext, refresh: RefreshRun) -> MaterializeResult[Any]:
    """Pull what changed at each tool into a sealed folder."""
    run = refresh.state
    with failing():
        found = steps.fetch(run)
    for warning in run.warnings:
        context.log.warning(warning)
    metadata: dict[str, Any] = {}
    for result in found:
        if result.pull is not None:
            seal = result.pull.seal
            shown = {
                name: seal[name] for name in ("kind", "started_at", "calls", "retries", "waited")
            } | result.pull.rows
            metadata |= {f"{result.source.name}/{name}": value for name, value in shown.items()}
    return MaterializeResult(metadata=metadata)
