"""Land and freeze: one asset per feed, and the list of loads that the refresh reads."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetObservation,
    AssetSpec,
    Failure,
    MaterializeResult,
    multi_asset,
)

from dagster_project import mirroring, model_runner
from dagster_project.audit import start_auditor
from dagster_project.defs.fetching import PULLS
from dagster_project.defs.resource import RefreshRun
from dagster_project.landing import land_sources
from dagster_project.run import POOL, end_unchanged
from sources import loads
from sources.contracts import load_contracts
from sources.reader import USUAL

# dicts, because Dagster would treat a module-level list of specs as definitions
FEEDS = {
    feed.name: AssetSpec(
        AssetKey(["landing", feed.name]),
        deps=[PULLS],
        description=feed.description,
        group_name="landing",
        kinds={"parquet"},
    )
    for feed in load_contracts().values()
}
FROZEN = {
    name: AssetSpec(
        AssetKey(["landing", name]),
        deps=[spec.key for spec in FEEDS.values()],
        description=description,
        group_name="landing",
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
    """Turn every source's files into contract-checked loads; sources land in parallel."""
    run = refresh.state
    landed, failures = land_sources(run.space, run.space.portfolio.sources if run.lands else (), run.key, run.landed_at)
    run.failures += failures
    new = [result for result in landed if result.outcome == "landed"]
    rows, rejected, copies = (
        sum(result.counts[name] for result in new) for name in ("landed_rows", "quarantined_rows", "identical_copies")
    )
    said = f"{len(new)} new loads, {rows:,} rows, {rejected:,} rejected"
    run.say("land", said + (f", identical copies left out: {copies:,}" if copies else ""))
    for result in new:
        for reason in result.rejects:
            run.say("land", f"{result.source}/{result.feed}: rejected {reason}")
    for file, words in sorted({file: words for result in new for file, words in result.read.items()}.items()):
        if words not in USUAL:
            run.say("land", f"{file}: {words}")
    for feed, spec in FEEDS.items():
        results = [result for result in landed if result.feed == feed]
        counted: Counter[str] = Counter()  # a source with history has one result per folder
        for result in results:
            counted.update({f"{result.source}/{name}": count for name, count in result.counts.items()})
            counted[f"{result.source}/{result.outcome}_loads"] += 1
        yield MaterializeResult(asset_key=spec.key, metadata=dict(counted))
    if run.failures:
        raise Failure(" ".join(run.failures), allow_retries=False)


@multi_asset(specs=list(FROZEN.values()), name="freeze", pool=POOL)
def freeze(context: AssetExecutionContext, refresh: RefreshRun) -> Iterator[MaterializeResult[Any]]:
    """Fix the list of loads to read; if they, the code and the settings match the served version, stop here."""
    run = refresh.state
    if run.same is not None:
        end_unchanged(run)
        if message := mirroring.warning(run.mirrored):
            context.log.warning(message)
        if run.mirrored is not None:
            context.log_event(AssetObservation("postgres_mirror", metadata=mirroring.metadata(run.mirrored)))
        return
    start_auditor(run)
    model_runner.fresh_build(run.space.build)
    loads.expose(run.frozen, run.space.home, run.space.stage, run.space.portfolio.build_settings(run.now))
    run.say("freeze", f"{len(run.frozen.loads)} loads, as of {run.now:%Y-%m-%d %H:%M} UTC")
    for spec in FROZEN.values():
        yield MaterializeResult(asset_key=spec.key, metadata={"loads": len(run.frozen.loads)})
