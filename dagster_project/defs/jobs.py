"""The jobs `refresh`, `check` without publishing, `as_of` for a day in the past, `freshness`, and the schedule declared
in `portfolio.yml`."""

from datetime import date, datetime

from dagster import (
    AssetSelection,
    DailyPartitionsDefinition,
    DefaultScheduleStatus,
    Definitions,
    Failure,
    JobDefinition,
    MetadataValue,
    OpExecutionContext,
    ScheduleDefinition,
    define_asset_job,
    in_process_executor,
    job,
    op,
)

from dagster_project.defs.freshness import show_freshness
from dagster_project.defs.naming import POOL
from dagster_project.defs.publishing import dashboard, postgres_mirror, published_warehouse, show_failure
from dagster_project.defs.resource import RefreshRun
from dagster_project.execution import AS_OF, REFRESH, execute, known_then, trial_home
from dagster_project.settings import BusyError, PortfolioError, workspace
from sources import loads
from sources.errors import LandingError

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


def _days() -> DailyPartitionsDefinition:
    """The days from the first that a load was observed on; from today on where nothing has landed yet when the project
    is loaded."""
    zone, first = "UTC", date.today()
    try:
        space = workspace()
        zone, first = space.portfolio.time_zone, datetime.now(space.portfolio.zone).date()
        observed = [datetime.fromisoformat(load["observed_at"]) for load in loads.all_loads(space.home)]
        first = min(observed).astimezone(space.portfolio.zone).date() if observed else first
    except (PortfolioError, LandingError):
        pass  # `refresh` says what is wrong
    return DailyPartitionsDefinition(start_date=first.isoformat(), timezone=zone)


@op(pool=POOL)
def build_as_of(context: OpExecutionContext) -> None:
    """Build and audit the point-in-time version of a day, as `outcomes refresh --as-of DAY` does."""
    space = workspace()
    try:
        day = known_then(space, context.partition_key)
        run = execute(
            REFRESH, space, full=False, home=trial_home(space.home, AS_OF), verbose=False, as_of=day, fetches=False
        )
    except (PortfolioError, BusyError) as error:
        raise Failure(str(error), allow_retries=False) from error
    if run.version is None:
        raise Failure("; ".join(run.failures), allow_retries=False)
    context.add_output_metadata(
        {"version": run.version.version, "path": MetadataValue.path(str(run.version.database)), "was": run.outcome}
    )


def _as_of_job() -> JobDefinition:
    """Build a day's version; the served one doesn't change. The days begin with what has landed by now."""

    @job(
        name="as_of",
        partitions_def=_days(),
        description="What was known at the end of a day, as a point-in-time version; a backfill makes one of each day.",
    )
    def as_of() -> None:
        build_as_of()

    return as_of


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
    jobs=[refresh_job, check_job, _as_of_job(), freshness_job],
    schedules=_schedules(),
    resources={"refresh": RefreshRun()},
    executor=in_process_executor,  # of what is launched from the page, too
)
