"""Executing a job's steps in this process, without Dagster, for the `outcomes` command."""

import os
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dagster_project.home import hold_places
from dagster_project.run import Run, end_unchanged, is_nothing_new, opened
from dagster_project.settings import BusyError, PortfolioError, Workspace
from expectations.database import open_build
from sources import loads
from sources.common import disk
from sources.fetching.pulls import PULLS
from sources.forgotten import LIST

REFRESH = "refresh"  # the job that publishes
CHECK, AS_OF = "check", "as-of"  # separate homes, for builds that must not touch the served version


def execute(
    job: str,
    space: Workspace,
    *,
    full: bool,
    home: Path | None,
    verbose: bool,
    as_of: date | None = None,
    lands: bool = True,
    fetches: bool = True,
    new_key: bool = False,
    withdraws: bool = False,
) -> Run:
    """Run a job's steps in this process; the run, whose `failures` say why a step ended it.

    Raises PortfolioError or BusyError where it can't begin.
    """
    with opened(
        space,
        home,
        as_of,
        full=full,
        verbose=verbose,
        lands=lands,
        fetches=fetches,
        new_key=new_key,
        withdraws=withdraws,
    ) as run:
        if job == REFRESH and not full and is_nothing_new(run):
            end_unchanged(run)
            return run
        from dagster_project import steps  # imported late: what builds and audits takes a second

        if job == REFRESH and home is None:
            run.begin()

        for name, step in [*steps.BUILD, *(steps.PUBLISH if job == REFRESH else ())]:
            try:
                if step(run) is False:
                    break
            except Exception as error:
                run.note_failure(name, error)
                if job == REFRESH:
                    steps.show_failure(run)
                break
    return run


def known_then(space: Workspace, text: str) -> date:
    """The day given by `--as-of`, if anything was observed by its end. Raises PortfolioError."""
    portfolio = space.portfolio
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise PortfolioError(f"--as-of {text}: this is not a day. To fix: write it as 2026-03-31.") from error
    now = portfolio.now().astimezone(portfolio.zone)
    if day > now.date() or portfolio.now(day) > now:
        raise PortfolioError(
            f"--as-of {text}: that day has not ended in {portfolio.time_zone}, where it is {now:%Y-%m-%d %H:%M}"
            f"{' (as_of of portfolio.yml)' if portfolio.as_of else ''}. To fix: name an earlier day."
        )
    moment = portfolio.now(day)
    if not loads.freeze(space.home, moment, moment).loads:
        first = min((load["observed_at"] for load in loads.all_loads(space.home)), default=None)
        raise PortfolioError(
            f"--as-of {text}: nothing was observed by the end of that day. "
            + (f"The first load was observed at {first}. To fix: name a later day." if first else "")
            + ("" if first else f"Nothing has landed in {space.home}. To fix: outcomes refresh.")
        )
    return day


def trial_home(home: Path, name: str) -> Path:
    """`<home>/<name>`, emptied, with hard links to the landed loads, quarantine, pulls and list of the forgotten.

    Raises BusyError, or PortfolioError where something else is in its place.
    """
    trial = home / name
    hold_places(trial)
    home.mkdir(parents=True, exist_ok=True)
    trial.mkdir(mode=0o700, exist_ok=True)
    try:
        with FileLock(trial / ".lock", timeout=0), disk.private():
            for left in [path for path in trial.iterdir() if path.name != ".lock"]:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            for kept in ("landing", "quarantine", PULLS):
                if (home / kept).is_dir():
                    shutil.copytree(home / kept, trial / kept, copy_function=os.link)
            if (home / LIST).exists():
                os.link(home / LIST, trial / LIST)
    except Timeout as error:
        raise BusyError(f"{trial}: another {name} is running. To fix: wait for it to end.") from error
    return trial


def rows_of_check(space: Workspace, name: str, limit: int) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Failing rows of a check in the newest audit: of a refresh, a point-in-time refresh, or `outcomes check`.

    Raises PortfolioError.
    """
    homes = [space.home, *(space.home / name for name in (CHECK, AS_OF))]
    homes = [home for home in homes if list((home / "audit").glob("*.parquet"))]
    if not homes:
        raise PortfolioError(f"{space.home}: nothing was audited yet. To fix: outcomes refresh, or outcomes check")
    home = max(homes, key=lambda h: max(p.stat().st_mtime_ns for p in (h / "audit").glob("*.parquet")))
    newest = max((home / "audit").glob("*.parquet"), key=lambda p: p.name)
    warehouse, stage = (home / "build" / f"{name}.duckdb" for name in ("warehouse", "stage"))
    if not (warehouse.exists() and stage.exists()):
        raise PortfolioError(f"{home}: the build that was audited is gone. To fix: outcomes refresh --full")
    with open_build(warehouse, stage, space.limits) as connection:
        found = connection.execute(
            "select rows_sql from read_parquet(?) where check_name = ? order by suite", [str(newest), name]
        ).fetchone()
        if found is None:
            raise PortfolioError(f"no check is called {name!r}. To fix: look up the name in audit.fct_check_results")
        if found[0] is None:
            return ["rows"], []
        result = connection.execute(f"select * from ({found[0]}) limit {limit}")
        return [column[0] for column in result.description or []], result.fetchall()
