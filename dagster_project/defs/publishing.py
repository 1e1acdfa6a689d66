"""Publish and draw: an audited build becomes the served version, and every refresh draws the page."""

from base64 import b64encode
from typing import Any

from dagster import (
    AssetExecutionContext,
    AssetKey,
    Failure,
    HookContext,
    MaterializeResult,
    MetadataValue,
    asset,
    failure_hook,
)

from dagster_project import mirroring
from dagster_project.defs.audit import check_results
from dagster_project.defs.resource import RefreshRun
from dagster_project.home import last_refresh
from dagster_project.publishing import publish_build, verdict_message
from dagster_project.run import LAST, POOL
from serving.errors import ServingError
from serving.page import draw_root
from serving.thumbnail import screenshot


@asset(
    key=AssetKey(["published_warehouse"]), deps=[check_results.key], group_name="serving", kinds={"duckdb"}, pool=POOL
)
def published_warehouse(refresh: RefreshRun) -> MaterializeResult[Any]:
    """Publish the build as an immutable version with one symlink swap, only if the audit passed."""
    run = refresh.state
    if message := verdict_message(run):
        run.failures.append(message)
        raise Failure(message, allow_retries=False)
    try:
        version = publish_build(run)
    except ServingError as error:
        run.failures.append(str(error))
        raise Failure(str(error), allow_retries=False) from error
    run.outcome, run.version = "published", version
    run.say("publish", f"version {version.version}, {version.size_bytes / 1e6:.1f} MB")
    return MaterializeResult(
        metadata={
            "version": version.version,
            "path": MetadataValue.path(str(version.database)),
            "bytes": version.size_bytes,
        }
    )


@asset(key=AssetKey(["dashboard"]), deps=[published_warehouse.key], group_name="serving", kinds={"html"}, pool=POOL)
def dashboard(context: AssetExecutionContext, refresh: RefreshRun) -> MaterializeResult[Any]:
    """Draw the page: the served version's figures and the state of the last refresh."""
    run = refresh.state
    if run.as_of is not None:  # the page shows the served version, which didn't change
        return MaterializeResult()
    # materialised alone, outside a refresh, it shows how the last refresh ended
    ended = run.end() if run.outcome == "published" else last_refresh(run.space.home)
    path = draw_root(run.space.home, ended)
    run.say("show", str(path))
    metadata: dict[str, MetadataValue[Any]] = {"page": MetadataValue.url(path.as_uri())}
    # the command's own instance has no UI
    if not context.instance.is_ephemeral and (picture := screenshot(path)) is not None:
        metadata["thumbnail"] = MetadataValue.md(f"![The page](data:image/png;base64,{b64encode(picture).decode()})")
    return MaterializeResult(metadata=metadata)


@asset(
    key=AssetKey(["postgres_mirror"]),
    deps=[published_warehouse.key, dashboard.key],  # the page doesn't wait for a slow mirror
    group_name="serving",
    kinds={"postgres"},
)
def postgres_mirror(context: AssetExecutionContext, refresh: RefreshRun) -> MaterializeResult[Any]:
    """Copy the served version to PostgreSQL if the portfolio declares a mirror; a failure is only a warning."""
    run = refresh.state
    if run.as_of is not None:  # the served version didn't change
        return MaterializeResult()
    run.mirrored = mirroring.follow(run.space)
    if message := mirroring.warning(run.mirrored):
        context.log.warning(message)
    if run.mirrored is not None:
        run.say("mirror", run.mirrored.outcome)
    return MaterializeResult(metadata=mirroring.metadata(run.mirrored))


@failure_hook
def show_failure(context: HookContext) -> None:
    """After a failed step, redraw the page: the served figures with a banner that shows their age and the reason."""
    run = LAST.get("run")
    if run is not None:
        if not run.failures and context.op_exception is not None:
            run.failures.append(f"step {context.op.name}: {context.op_exception}")
        draw_root(run.space.home, run.end())
