"""Commands that build: refresh, check."""

import gc
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.common import (
    PortfolioOption,
    app,
    counts,
    err,
    explained,
    known,
    mirror_warning,
    open_space,
    out,
    paths,
    scorecard,
    show_rows,
)
from dagster_project.settings import Workspace

if TYPE_CHECKING:
    from dagster_project.run import Run


@app.command()
def refresh(
    portfolio: PortfolioOption = None,
    full: Annotated[bool, typer.Option("--full", help="Rebuild and publish even if nothing is new.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DAY",
            help="Build a point-in-time version: what was known at the end of that day. It is never served.",
        ),
    ] = None,
    new_key: Annotated[
        bool,
        typer.Option("--new-key", help="Accept a different pseudonym key: every person gets a new pseudonym."),
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Publish without the feeds that no source gives any more.")
    ] = False,
    no_fetch: Annotated[bool, typer.Option("--no-fetch", help="Ask no tool; use what was fetched before.")] = False,
) -> None:
    """Fetch, load, build, audit and publish, and draw the page.

    With --as-of no new files are loaded: what was observed by the end of that day, in the portfolio's time zone, is
    built, audited and kept as a separate version. Read it with `outcomes query --version VERSION`.

    Example: outcomes refresh --portfolio examples/decentraland

    Example: outcomes refresh --as-of 2026-03-31
    """
    space = open_space(portfolio)
    if as_of is not None:
        _refresh_as_of(space, as_of, full=full)
        return
    _tell_killed(space)
    run = _execute("refresh", space, full=full, home=None, new_key=new_key, fetches=not no_fetch, withdraws=withdraw)
    _follow_up(space)
    for message in run.warnings:
        err.print(f"outcomes: {message}", style="yellow")
    if run.outcome == "failed":
        _report_failure(run)
        raise typer.Exit(1)
    if run.outcome == "unchanged":
        out.print("Nothing new: the served version was made from the same loads, code and settings.")
    scorecard(space, is_brief=True)
    paths(space)
    mirror_warning(run.mirrored)


def _follow_up(space: Workspace) -> None:
    """Send the alert or the digest that is due; where that fails, the refresh stays what it was."""
    if space.portfolio.notify.alerts or space.portfolio.notify.digest:
        from dagster_project.alerting import follow_up

        for problem in follow_up(space):
            err.print(f"outcomes: {problem}", style="yellow")


def _tell_killed(space: Workspace) -> None:
    """Say and send that the refresh before was killed, before this one begins, which may be killed, too."""
    from dagster_project.home import unended

    before = unended(space.home)
    if before is not None and not before.is_running:
        err.print(f"outcomes: {before.said}", style="yellow")
        if space.portfolio.notify.alerts:
            from dagster_project.alerting import tell_killed

            for problem in tell_killed(space, before):
                err.print(f"outcomes: {problem}", style="yellow")


def _refresh_as_of(space: Workspace, text: str, *, full: bool) -> None:
    """Build a point-in-time version, and print where it is."""
    from dagster_project.execution import AS_OF, known_then, trial_home

    with explained():
        day = known_then(space, text)
        home = trial_home(space.home, AS_OF)
    run = _execute("refresh", space, full=full, home=home, as_of=day)
    if run.version is None:
        _report_failure(run)
        raise typer.Exit(1)
    version = run.version
    if run.outcome == "unchanged":
        out.print("Nothing new: this version was made from the same loads, code and settings.")
    out.print(f"Version {version.version}, {known(version)}. The served version is unchanged.")
    scorecard(space, version, is_brief=True)
    paths(space, version)


@app.command()
def check(
    portfolio: PortfolioOption = None,
    rows: Annotated[
        str | None, typer.Option("--rows", metavar="CHECK", help="Show the failing rows of a check in the last audit.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows to show.")] = 20,
) -> None:
    """Build and audit without publishing.

    It uses the current files, code and definitions, in a separate folder: the served version and the landed loads don't
    change.

    Example: outcomes check

    Example: outcomes check --rows ledger_entries_match_staging
    """
    from dagster_project.execution import CHECK, trial_home

    space = open_space(portfolio, is_trial=rows is None)
    if rows is not None:
        with explained():
            _show_rows(space, rows, limit)
        return
    with explained():
        trial = trial_home(space.home, CHECK)
    run = _execute("check", space, full=True, home=trial)
    if run.failures or not run.records or any(record.blocks for record in run.records):
        _report_failure(run)
        raise typer.Exit(1)
    counted = Counter("warned" if record.status == "failed" else record.status for record in run.records)
    out.print(f"{len(run.records)} checks: {counts(counted)}, 0 failed")


def _execute(
    job: str,
    space: Workspace,
    *,
    full: bool,
    home: Path | None,
    as_of: date | None = None,
    new_key: bool = False,
    fetches: bool = True,
    withdraws: bool = False,
) -> "Run":
    """Run a job in this process; the run's state."""
    from dagster_project.execution import execute

    # garbage collection only costs time in a process that lives for seconds and holds all of the manifest of dbt
    gc.set_threshold(100_000, 50, 1000)
    with explained():
        run = execute(
            job,
            space,
            full=full,
            home=home,
            verbose=sys.stderr.isatty(),
            as_of=as_of,
            new_key=new_key,
            fetches=fetches,
            withdraws=withdraws,
        )
    gc.freeze()
    return run


def _show_rows(space: Workspace, name: str, limit: int) -> None:
    from dagster_project.execution import rows_of_check
    from serving.words import plural

    columns, found = rows_of_check(space, name, limit)
    if not found:
        out.print(f"{name} has no failing rows.")
        return
    show_rows(columns, found)
    out.print(plural(len(found), "row"))


def _report_failure(run: "Run") -> None:
    from dagster_project.publishing import describe

    blocking = [record for record in run.records if record.blocks]
    for message in [] if blocking else run.failures:
        err.print(f"outcomes: {message}", style="red")
    for record in blocking:
        err.print(f"outcomes: {describe(record)}", style="red")
    err.print("Nothing was published; the served version is unchanged.")
