"""Publish and draw: an audited build becomes the served version, and every refresh draws the page."""

from base64 import b64encode
from typing import Any

from dagster import (
    AssetExecutionContext,
    HookContext,
    MaterializeResult,
    MetadataValue,
    asset,
    failure_hook,
)

from dagster_project import mirroring, steps
from dagster_project.defs.audit import check_results
from dagster_project.defs.naming import POOL, asset_key
from dagster_project.defs.resource import RefreshRun, failing
from dagster_project.run import LAST
from serving.thumbnail import screenshot


@asset(
    key=asset_key("published_warehouse"),
    deps=[check_results.key],
    group_name="serving",
    owners=["team:data"],
    kinds={"duckdb"},
    pool=POOL,
)
def published_warehouse(refresh: RefreshRun) -> MaterializeResult[Any]:
    """Publish the build as an immutable version with one symlink swap, only if the audit passed."""
    with failing():
        version = steps.publish(refresh.state)
    return MaterializeResult(
        metadata={
            "version": version.version,
            "path": MetadataValue.path(str(version.database)),
            "bytes": version.size_bytes,
        }
    )


@asset(
    key=asset_key("dashboard"),
    deps=[published_warehouse.key],
    group_name="serving",
    owners=["team:data"],
    kinds={"html"},
    pool=POOL,
)
def dashboard(refresh: RefreshRun) -> MaterializeResult[Any]:
    """Draw the page: the served version's figures and the state of the last refresh."""
    if (path := steps.show(refresh.state)) is None:
        return MaterializeResult()
    metadata: dict[str, MetadataValue[Any]] = {"page": MetadataValue.url(path.as_uri())}
    if (picture := screenshot(path)) is not None:
        metadata["thumbnail"] = MetadataValue.md(f"![The page](data:image/png;base64,{b64encode(picture).decode()})")
    return MaterializeResult(metadata=metadata)


@asset(
    key=asset_key("postgres_mirror"),
    deps=[published_warehouse.key, dashboard.key],  # the page doesn't wait for a slow mirror
    group_name="serving",
    owners=["team:data"],
    kinds={"postgres"},
)
def postgres_mirror(context: AssetExecutionContext, refresh: RefreshRun) -> MaterializeResult[Any]:
    """Copy the served version to PostgreSQL if the portfolio declares a mirror; a failure is only a warning."""
    mirrored = steps.mirror(refresh.state)
    if message := mirroring.warning(mirrored):
        context.log.warning(message)
    return MaterializeResult(metadata=mirroring.metadata(mirrored))


@failure_hook
def show_failure(context: HookContext) -> None:
    """After a failed step, redraw the page: the served figures with a banner that shows their age and the reason."""
    if (run := LAST.get("run")) is not None:
        run.note_failure(context.op.name, context.op_exception)
        steps.show_failure(run)
