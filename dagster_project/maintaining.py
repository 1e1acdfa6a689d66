"""Retention: check records, landed loads and Dagster's runs that `portfolio.yml` no longer keeps are removed.

Published versions have their own retention, at each publish (`serving/keeping.py`), and so have pulls.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ulid import ULID

from dagster_project.home import locked
from dagster_project.landing import land_sources
from dagster_project.settings import Environment, PortfolioError, Workspace
from serving import versions
from sources import loads
from sources.keys import pseudonym_key

RUNS, RUNS_ALWAYS_KEPT = "Dagster's runs", 10


@dataclass(frozen=True)
class Maintained:
    """What was removed of one kind, and what stays."""

    what: str  # check records | replaced loads | Dagster's runs
    removed: int
    kept: int
    size_bytes: int | None = None  # of what was removed; None where it isn't known


def maintain(space: Workspace, now: datetime) -> list[Maintained]:
    """Remove what is older than it is kept (`now`: aware). Raises BusyError, LandingError, PortfolioError, OSError."""
    if not (space.home / "landing").is_dir():
        raise PortfolioError(f"{space.home}: nothing has landed yet. To fix: outcomes refresh")
    with locked(space):
        done = [_audit(space, now)]
        if space.portfolio.keep_loads_days is not None:
            done.append(_loads(space, now, timedelta(days=space.portfolio.keep_loads_days)))
    if (home := Environment().dagster_home) is not None:
        keep = timedelta(days=space.portfolio.keep_runs_days)
        done.append(_runs(now, keep) if home.is_dir() else Maintained(RUNS, 0, 0))  # Dagster was never started
    return done


def _audit(space: Workspace, now: datetime) -> Maintained:
    """Check records; those of a version that is there are kept, and the newest."""
    found = sorted((space.home / "audit").glob("refresh=*.parquet"))
    kept = {version.version for version in versions.list_versions(space.home)}
    limit = now - timedelta(days=space.portfolio.keep_audit_days)
    old = [path for path in found[:-1] if (name := path.stem.partition("=")[2]) not in kept and _made(name) < limit]
    size = _remove(space.home, old)
    return Maintained("check records", len(old), len(found) - len(old), size)


def _loads(space: Workspace, now: datetime, keep: timedelta) -> Maintained:
    """Loads that a later snapshot has replaced, and that no source would land again."""
    frozen = loads.freeze(space.home, now)
    in_use, limit = frozen.in_use, now - keep
    old = [
        load
        for at, load in enumerate(frozen.loads)
        if at not in in_use and max(datetime.fromisoformat(load[name]) for name in ("landed_at", "observed_at")) < limit
    ]
    if old:
        sources = {load["source"] for load in old}
        given, failures = land_sources(
            space,
            [source for source in space.portfolio.sources if source.name in sources],
            pseudonym_key(space.home, space.key),
            now,
            lands=False,
        )
        if failures:
            raise PortfolioError("loads are not removed while a source can't be read. " + " ".join(failures.values()))
        shown = {(one.source, one.feed, one.load_id) for one in given}
        old = [load for load in old if (load["source"], load["feed"], load["load_id"]) not in shown]
    named = [(load["feed"], load["source"], load["load_id"]) for load in old]
    rejects = [
        space.home / "quarantine" / feed / f"source={source}" / f"load={load_id}.parquet"
        for feed, source, load_id in named
    ]
    size = _remove(space.home, [loads.load_folder(space.home, *name) for name in named])
    size += _remove(space.home, [path for path in rejects if path.exists()])
    return Maintained("replaced loads", len(old), len(frozen.loads) - len(old), size)


def _runs(now: datetime, keep: timedelta) -> Maintained:
    """Dagster's ended runs with their events and output; the newest are kept."""
    try:
        from dagster import DagsterInstance, RunsFilter
        from dagster._core.storage.dagster_run import FINISHED_STATUSES
    except ImportError as error:
        raise PortfolioError(f"DAGSTER_HOME is set, but Dagster can't be imported ({error}).") from error
    with DagsterInstance.get() as instance:
        ended = RunsFilter(statuses=list(FINISHED_STATUSES))
        records = instance.get_run_records(ended)[RUNS_ALWAYS_KEPT:]  # newest first
        old = [record for record in records if record.create_timestamp.replace(tzinfo=UTC) < now - keep]
        for record in old:
            run_id = record.dagster_run.run_id
            instance.delete_run(run_id)
            instance.compute_log_manager.delete_logs(prefix=[run_id])
            _remove_shard(instance.event_log_storage, run_id)
        return Maintained(RUNS, len(old), instance.get_runs_count())


def _remove_shard(events: Any, run_id: str) -> None:
    """In SQLite each run has a file, which Dagster empties and leaves."""
    if (shard := getattr(events, "path_for_shard", None)) is not None:
        for end in ("", "-wal", "-shm"):
            Path(f"{shard(run_id)}{end}").unlink(missing_ok=True)


def _made(name: str) -> datetime:
    try:
        return ULID.from_str(name).datetime
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)  # it is none of ours


def _remove(home: Path, paths: Iterable[Path]) -> int:
    """Remove files and folders, each in one step; how many bytes they had."""
    aside, size = home / "tmp", 0
    for path in paths:
        aside.mkdir(exist_ok=True)
        gone = path.rename(aside / f"removed-{ULID()}")
        size += sum(one.stat().st_size for one in (gone.rglob("*") if gone.is_dir() else [gone]) if one.is_file())
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    return size
