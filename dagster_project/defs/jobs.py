"""The job `refresh`, `check` without publishing, `freshness`, and the schedule declared in `portfolio.yml`."""

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    Definitions,
    ScheduleDefinition,
    define_asset_job,
    in_process_executor,
)

from dagster_project.defs.freshness import show_freshness
from dagster_project.defs.publishing import dashboard, postgres_mirror, published_warehouse, show_failure
from dagster_project.defs.resource import RefreshRun
from dagster_project.settings import PortfolioError, workspace

AGES = AssetSelection.checks(show_freshness)

refresh_job = define_asset_job(
    "refresh",
    selection=(AssetSelection.all() | AssetSelection.all_asset_checks()) - AGES,
    hooks={show_failure},
    description="Land, freeze, build and measure, audit, publish, show, mirror.",
)
check_job = define_asset_job(
    "check",
    selection=AssetSelection.all() - AssetSelection.assets(published_warehouse, dashboard, postgres_mirror) - AGES,
    description="Land, freeze, build and measure, audit; publishes nothing.",
)
freshness_job = define_asset_job(
    "freshness", selection=AGES, description="How fresh feeds and published warehouse are now."
)


def _schedules() -> list[ScheduleDefinition]:
    """The portfolio's schedule, off until someone turns it on; none if there is no portfolio."""
    try:
        portfolio = workspace().portfolio
    except PortfolioError:
        return []
    if portfolio.schedule is None:
        return []
    return [
        ScheduleDefinition(
            name="scheduled_refresh",
            job=refresh_job,
            cron_schedule=portfolio.schedule,
            execution_timezone=portfolio.time_zone,
            default_status=DefaultScheduleStatus.STOPPED,
        )
    ]


defs = Definitions(
    jobs=[refresh_job, check_job, freshness_job],
    schedules=_schedules(),
    resources={"refresh": RefreshRun()},
    executor=in_process_executor,  # of what is launched from the page, too
)
