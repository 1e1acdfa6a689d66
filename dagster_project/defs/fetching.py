"""Fetch: the one step of a refresh that uses the network, and only where `portfolio.yml` names a tool."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, AssetKey, Failure, MaterializeResult, asset

from dagster_project.defs.resource import RefreshRun
from dagster_project.fetching import fetch_all
from dagster_project.run import POOL

PULLS = AssetKey(["pulls"])


@asset(
    key=PULLS, group_name="fetch", pool=POOL, kinds={"json"}, description="The pulls of the sources that are fetched."
)
def fetch(context: AssetExecutionContext, refresh: RefreshRun) -> Iterator[MaterializeResult[Any]]:
    """Pull what changed at each tool into a sealed folder; landing then reads sealed pulls only.

    Where a tool is down, its last pull is used, if it is not too old.
    """
    run = refresh.state
    found = (
        fetch_all(run.space, run.space.portfolio.fetched, lambda what: run.say("fetch", what)) if run.fetches else []
    )
    for result in found:
        if result.problem is not None:
            (run.warnings if result.is_usable else run.failures).append(result.problem)
            context.log.warning(result.problem)
    metadata: dict[str, Any] = {}
    for result in found:
        if result.pull is not None:
            seal = result.pull.seal
            shown = {
                name: seal[name] for name in ("kind", "started_at", "calls", "retries", "waited")
            } | result.pull.rows
            metadata |= {f"{result.source.name}/{name}": value for name, value in shown.items()}
    yield MaterializeResult(metadata=metadata)
    if run.failures:
        raise Failure(" ".join(run.failures), allow_retries=False)
