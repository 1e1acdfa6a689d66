"""What happens between refreshes: files that arrive, data that grows old, and what people are told.

Sensors are off until someone turns them on, but those that send what `portfolio.yml` asks for.
"""

import hashlib
import json
from pathlib import Path

from dagster import (
    DagsterRunStatus,
    DefaultSensorStatus,
    RunFailureSensorContext,
    RunRequest,
    RunStatusSensorContext,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    run_failure_sensor,
    run_status_sensor,
    sensor,
)
from ulid import ULID

from dagster_project.alerting import follow_up
from dagster_project.defs.jobs import freshness_job, refresh_job
from dagster_project.freshness import freshness
from dagster_project.home import last_refresh, locked
from dagster_project.settings import BusyError, PortfolioError, Workspace, workspace
from serving.words import instant
from sources.config import FileSource
from sources.fetching import pulls

NOTHING = "{}"  # no feed has data, and there is no schedule
SETTLING = 30  # seconds between two looks at the files
AGEING = 300  # seconds between two looks at their age


@sensor(job=freshness_job, minimum_interval_seconds=AGEING, default_status=DefaultSensorStatus.STOPPED)
def data_ages(context: SensorEvaluationContext) -> SensorResult | SkipReason:
    """Look at the age of feeds and published warehouse, and show it where something has become stale or fresh."""
    found = json.dumps({one.name: one.is_fresh for one in freshness(workspace())}, sort_keys=True)
    if found in (context.cursor, NOTHING):
        return SkipReason("Nothing has become stale or fresh.")
    return SensorResult(run_requests=[RunRequest()], cursor=found)


@sensor(job=refresh_job, minimum_interval_seconds=SETTLING, default_status=DefaultSensorStatus.STOPPED)
def file_drop(context: SensorEvaluationContext) -> SensorResult:
    """Refresh when files of the portfolio have changed and keep their size and time from one look to the next."""
    now = files_fingerprint(workspace())
    before: dict[str, str] = json.loads(context.cursor) if context.cursor else {"seen": now, "refreshed": now}
    changed, settled = now != before["refreshed"], now == before["seen"]
    run = changed and settled
    return SensorResult(
        run_requests=[RunRequest()] if run else [],
        skip_reason=None if run else "Files are still changing." if changed else "No file has changed.",
        cursor=json.dumps({"seen": now, "refreshed": now if run else before["refreshed"]}),
    )


@sensor(job=refresh_job, minimum_interval_seconds=SETTLING, default_status=DefaultSensorStatus.STOPPED)
def new_pulls(context: SensorEvaluationContext) -> RunRequest | SkipReason:  # noqa: ARG001
    """Refresh from what was fetched since the last refresh, by `outcomes fetch` or the asset `pulls` alone."""
    space = workspace()
    names = [pull.folder.name for source in space.portfolio.fetched for pull in pulls.sealed(space.home, source.name)]
    newest, ended = max(names, default=None), instant((last_refresh(space.home) or {}).get("ended_at"))
    if newest is None or (ended is not None and ULID.from_str(newest).datetime <= ended):
        return SkipReason("Nothing was fetched since the last refresh.")
    try:
        with locked(space, notes_owner=False):
            config = {"resources": {"refresh": {"config": {"fetches": False}}}}
            return RunRequest(run_key=newest, run_config=config)  # once, whatever becomes of that run
    except BusyError:
        return SkipReason("A fetch or a refresh is running.")


def files_fingerprint(space: Workspace) -> str:
    """Changes with the name, size and time of any file of the portfolio or of a source's own folder."""
    folders = {
        space.folder,
        *(space.folder / source.path for source in space.portfolio.sources if isinstance(source, FileSource)),
    }
    found = sorted(
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not _is_hidden(path, folder) and space.home not in path.parents
    )
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _is_asked_for() -> bool:
    try:
        notify = workspace().portfolio.notify
    except PortfolioError:
        return False
    return bool(notify.alerts or notify.digest)


TOLD = DefaultSensorStatus.RUNNING if _is_asked_for() else DefaultSensorStatus.STOPPED


@run_failure_sensor(monitored_jobs=[refresh_job], default_status=TOLD)
def tell_failure(context: RunFailureSensorContext) -> None:
    """Alert where a refresh failed in another way than before, also one whose process was ended."""
    space = workspace()
    record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    ended = instant((last_refresh(space.home) or {}).get("ended_at"))
    left_a_result = ended is not None and (record is None or ended.timestamp() >= (record.start_time or 0))
    _told(follow_up(space, None if left_a_result else context.failure_event.message or "the run failed"))


@run_status_sensor(run_status=DagsterRunStatus.SUCCESS, monitored_jobs=[refresh_job], default_status=TOLD)
def tell_success(context: RunStatusSensorContext) -> None:  # noqa: ARG001
    """Say that the refresh works again where it had failed, and send the digest of a new version."""
    _told(follow_up(workspace()))


def _told(problems: list[str]) -> None:
    if problems:
        raise RuntimeError("; ".join(problems))


SENSORS: tuple[SensorDefinition, ...] = (data_ages, file_drop, new_pulls, tell_failure, tell_success)
