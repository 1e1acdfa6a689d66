"""Freshness, as an asset check of each feed and of the published warehouse; no part of a refresh."""

from collections.abc import Iterator

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    multi_asset_check,
)

from dagster_project.defs.landing import FEEDS
from dagster_project.defs.naming import asset_key
from dagster_project.freshness import WAREHOUSE, freshness
from dagster_project.settings import workspace

IS_FRESH = "is_fresh"
AGED = {feed: spec.key for feed, spec in FEEDS.items()} | {WAREHOUSE: asset_key(WAREHOUSE)}


@multi_asset_check(
    specs=[
        AssetCheckSpec(
            IS_FRESH,
            asset=key,
            description="The last refresh that didn't fail is as young as the portfolio's schedule says."
            if name == WAREHOUSE
            else "Each source showed the feed within the time that the check feed_is_fresh allows.",
        )
        for name, key in AGED.items()
    ],
    name="show_freshness",
    can_subset=True,
)
def show_freshness(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
    """How fresh feeds and published warehouse are now; of what has no data or no schedule there is no result."""
    for found in freshness(workspace()):
        key = AGED.get(found.name)
        if key is not None and any(key == selected.asset_key for selected in context.selected_asset_check_keys):
            yield AssetCheckResult(
                passed=found.is_fresh,
                check_name=IS_FRESH,
                asset_key=key,
                severity=AssetCheckSeverity.WARN,
                description=None if found.is_fresh else f"{found.observed}, expected: {found.expected}",
                metadata={"observed": found.observed, "expected": found.expected},
            )
