"""The `outcomes` command: each command calls the rooms, and says what happened in words.

Exit codes: 0 done or nothing to do; 1 the audit or a source failed, nothing was published; 2 wrong usage or
configuration; 3 another refresh is at work.
"""

import gc
import json
import shutil
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table

from dagster_project.settings import BusyError, PortfolioError, Workspace, workspace

if TYPE_CHECKING:
    from serving.reader import Table as Result
    from serving.versions import Version

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Did what we delivered create value? Refresh, check and query an outcome warehouse.",
)
NEARLY_FULL = 20_000_000  # bytes
WIDTH = None if sys.stdout.isatty() else 140  # a pipe has no width of its own
out = Console(width=WIDTH, highlight=False, markup=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)

PortfolioOption = Annotated[
    Path | None,
    typer.Option(
        "--portfolio", metavar="DIR", help="The portfolio's folder; default: OUTCOMES_PORTFOLIO, else the example."
    ),
]


VersionOption = Annotated[
    str | None,
    typer.Option("--version", metavar="VERSION", help="A version of `outcomes versions`; default: the served one."),
]


class Format(StrEnum):
    """How `query` prints."""

    table = "table"
    csv = "csv"
    json = "json"


@contextmanager
def _explained() -> Generator[None]:
    """Turn the rooms' errors into a line for people and an exit code."""
    from dagster_project.dbt_runner import DbtError
    from serving.errors import ServingError
    from sources.errors import LandingError

    try:
        yield
    except PortfolioError as error:
        err.print(f"outcomes: {error}", style="red")
        raise typer.Exit(2) from error
    except BusyError as error:
        err.print(f"outcomes: {error}", style="red")
        raise typer.Exit(3) from error
    except (ServingError, LandingError, DbtError, OSError) as error:
        err.print(f"outcomes: {error}", style="red")
        raise typer.Exit(1) from error


def _space(portfolio: Path | None) -> Workspace:
    with _explained():
        return workspace(portfolio)


@app.command()
def refresh(
    portfolio: PortfolioOption = None,
    full: Annotated[bool, typer.Option("--full", help="Rebuild and publish even if nothing is new.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DAY",
            help="Build what was known at the end of that day into a version of its own, which is never served.",
        ),
    ] = None,
) -> None:
    """Land what is new, build, measure, audit, publish and draw the page.

    With --as-of nothing lands: what was observed by the end of that day, in the portfolio's time zone, is built,
    audited and kept as a version beside the served one. Read it with `outcomes query --version VERSION`.

    Example: outcomes refresh --portfolio examples/decentraland

    Example: outcomes refresh --as-of 2026-03-31
    """
    space = _space(portfolio)
    if as_of is not None:
        _refresh_as_of(space, as_of, full=full)
        return
    run = _execute("refresh", space, full=full, home=None)
    if run is None or run.outcome == "failed":
        _report_failure(space, run)
        raise typer.Exit(1)
    if run.outcome == "unchanged":
        out.print("Nothing new: the served version was made from the same loads, code and settings.")
    _scorecard(space)
    _paths(space)


def _refresh_as_of(space: Workspace, text: str, *, full: bool) -> None:
    """Build what was known at the end of a day, and say where it lies."""
    from dagster_project.execution import AS_OF, known_then, trial_home

    with _explained():
        day = known_then(space, text)
        home = trial_home(space.home, AS_OF)
    run = _execute("refresh", space, full=full, home=home, as_of=day)
    if run is None or run.version is None:
        _report_failure(space, run)
        raise typer.Exit(1)
    version = run.version
    if run.outcome == "unchanged":
        out.print("Nothing new: this version was made from the same loads, code and settings.")
    out.print(f"Version {version.version}, {_known(version)}. What is served stays as it is.")
    _scorecard(space, version)
    _paths(space, version)


@app.command()
def check(
    portfolio: PortfolioOption = None,
    rows: Annotated[
        str | None, typer.Option("--rows", metavar="CHECK", help="Show the failing rows of a check of the last audit.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows to show.")] = 20,
) -> None:
    """Build and audit with the present files, code and definitions; publish nothing.

    Works in a folder of its own beside the landed loads, so that what is served and landed stays as it is.

    Example: outcomes check

    Example: outcomes check --rows ledger_entries_match_staging
    """
    from dagster_project.execution import CHECK, trial_home

    space = _space(portfolio)
    if rows is not None:
        with _explained():
            _show_rows(space, rows, limit)
        return
    with _explained():
        trial = trial_home(space.home, CHECK)
    run = _execute("check", space, full=True, home=trial)
    if run is None or run.failures or not run.records or any(record.blocks for record in run.records):
        _report_failure(space, run)
        raise typer.Exit(1)
    counted = Counter("warned" if record.status == "failed" else record.status for record in run.records)
    out.print(f"{len(run.records)} checks: {_counts(counted)}, 0 failed")


@app.command()
def status(portfolio: PortfolioOption = None, version: VersionOption = None) -> None:
    """What is served, how old it is, and how the last refresh ended; or what another version says.

    Example: outcomes status

    Example: outcomes status --version 01K6ZR4V5N8W1QY3T7B9C2D4EF
    """
    from dagster_project.run import last_refresh
    from serving import versions

    space = _space(portfolio)
    if version is not None:
        with _explained():
            chosen = versions.find(space.home, version)
            what = "served" if chosen.is_served else _known(chosen) or "not served"
            out.print(f"{space.portfolio.title}: version {version}, {what}, as of {_moment(chosen.as_of)}")
            out.print(f"Checks: {_counts(chosen.checks)}")
            _scorecard(space, chosen)
        _paths(space, chosen)
        return
    with _explained():
        served = versions.served(space.home)
    if served is None:
        out.print(f"{space.portfolio.title}: nothing is published yet. Run: outcomes refresh")
        raise typer.Exit(1)
    age = served.age(datetime.now(UTC))
    out.print(f"{space.portfolio.title}: version {served.version}, as of {_moment(served.as_of)}, {_ago(age)} old")
    out.print(f"Checks: {_counts(served.checks)}")
    if last := last_refresh(space.home):
        out.print(f"Last refresh: {last['outcome']}, {_moment(last['ended_at'])}. {last['message'] or ''}".rstrip())
    _scorecard(space)
    _paths(space)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT on the published warehouse.")],
    portfolio: PortfolioOption = None,
    output: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.table,
    version: VersionOption = None,
) -> None:
    """Query the served version, or another, read-only.

    Example: outcomes query "select metric_name, value, status from metrics.fct_metric_values where grain = 'all'"

    Example: outcomes query --version 01K6ZR4V5N8W1QY3T7B9C2D4EF "select * from outcomes.value_realization"
    """
    from serving import reader, versions

    space = _space(portfolio)
    with _explained():
        chosen = versions.find(space.home, version) if version is not None else versions.served(space.home)
        if chosen is None:
            raise PortfolioError(f"{space.home}: nothing is published yet. What to do: outcomes refresh")
        table = reader.query(chosen.database, sql)
    _show(table, output)


def _show(table: "Result", output: Format) -> None:
    """Print a query's result."""
    from serving.words import plural

    match output:
        case Format.csv:
            sys.stdout.write(table.to_csv())
        case Format.json:
            print(json.dumps(table.to_dicts(), default=str, indent=2))
        case Format.table:
            shown = Table(box=SIMPLE)
            for name in table.columns:
                shown.add_column(name)
            for row in table.rows:
                shown.add_row(*("" if value is None else str(value) for value in row))
            out.print(shown)
            out.print(plural(len(table.rows), "row"))


@app.command()
def versions(
    portfolio: PortfolioOption = None,
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="VERSION", help="Remove a version made with --as-of.")
    ] = None,
) -> None:
    """The published versions that are kept, the newest first.

    Those made with `refresh --as-of` are never served, don't count for keep_versions, and stay until they are removed.

    Example: outcomes versions

    Example: outcomes versions --remove 01K6ZR4V5N8W1QY3T7B9C2D4EF
    """
    from serving import versions as kept

    space = _space(portfolio)
    with _explained():
        if remove is not None:
            kept.remove(space.home, remove)
        found = kept.list_versions(space.home)
    table = Table("", Column("version", no_wrap=True), "age", "as of", "size", "checks", box=SIMPLE)
    for version in found:
        table.add_row(
            "served" if version.is_served else _label(version),
            version.version,
            _ago(version.age(datetime.now(UTC))),
            _moment(version.as_of),
            f"{version.size_bytes / 1e6:.1f} MB",
            version.problem or _counts(version.checks),
        )
    out.print(table)


@app.command()
def diff(
    before: Annotated[
        str | None, typer.Argument(metavar="V1", help="The earlier version; default: the one before V2.")
    ] = None,
    after: Annotated[str | None, typer.Argument(metavar="V2", help="The later one; default: the newest.")] = None,
    portfolio: PortfolioOption = None,
    output: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.table,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows of the table; csv and json have all.")] = 50,
) -> None:
    """Which published figures were restated between two versions, and why.

    Why: a definition, a setting, or rows of its feeds that are new, corrected or deleted, counted for the figure's
    period and member where they carry them. Figures of periods that had ended come first; those whose period was
    still open may have changed by time alone. Default: the two newest versions.

    Example: outcomes diff

    Example: outcomes diff 01K6ZR4V5N8W1QY3T7B9C2D4EF 01K8AB6M2D3F4G5H6J7K8M9N0P --format csv
    """
    from serving import differences
    from sources.changes import row_changes

    space = _space(portfolio)
    with _explained():
        older, newer = differences.chosen(space.home, before, after)
        before_loads, after_loads = (version.manifest.get("loads", []) for version in (older, newer))
        changes = row_changes(space.home, before_loads, after_loads, space.portfolio.time_zone)
        found = differences.compare(older, newer, changes.rows)
    summary = differences.summary(found, older, newer)
    if changes.unknown:
        summary.append(f"Loads of {', '.join(changes.unknown)} are gone from landing: their rows can't be compared.")
    for line in summary:
        (out if output is Format.table else err).print(line)
    if output is not Format.table:
        _show(found.figures, output)
        return
    if not found.figures.rows:
        return
    table = Table(*differences.SHOWN, box=SIMPLE)
    for row in differences.in_words(found)[:limit]:
        table.add_row(*row)
    out.print(table)
    if len(found.figures.rows) > limit:
        out.print(f"{len(found.figures.rows) - limit:,} more: --limit N, or --format csv")


@app.command()
def unlinked(
    portfolio: PortfolioOption = None,
    links: Annotated[
        Path | None,
        typer.Option(
            "--with",
            metavar="FILE",
            help="Begin with the rows of this outcome_links file, to replace it.",
        ),
    ] = None,
) -> None:
    """Deliverables linked to no outcome, as CSV: fill in key_result_id, and it is the feed outcome_links.

    Delivered and open ones, not cancelled ones. Rows left blank are set aside when it lands, and may stay.

    Example: outcomes unlinked > links.csv

    Example: outcomes unlinked --with mine/feeds/outcome_links.csv > links.csv
    """
    from serving import unlinked as export
    from serving import versions

    space = _space(portfolio)
    with _explained():
        served = versions.served(space.home)
        if served is None:
            raise PortfolioError(f"{space.home}: nothing is published yet. What to do: outcomes refresh")
        table = export.unlinked(served)
        if links is not None:
            table = export.with_links(links, table)
    _show(table, Format.csv)


@app.command()
def rollback(
    version: Annotated[str | None, typer.Argument(help="Version to serve; default: the one before.")] = None,
    portfolio: PortfolioOption = None,
) -> None:
    """Serve an earlier version again, at once.

    The next refresh publishes again when anything is new.

    Example: outcomes rollback
    """
    from dagster_project.run import last_refresh
    from serving import page
    from serving import versions as kept

    space = _space(portfolio)
    with _explained():
        served = kept.rollback(space.home, version)
        page.draw_root(space.home, last_refresh(space.home))
    out.print(f"Version {served.version} is served.")


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write; a generated one is replaced.")],
    scale: Annotated[
        float, typer.Option("--scale", help="How large: 1 has 40 initiatives and a million days of use.")
    ] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Another seed is another company.")] = 7,
    memory: Annotated[str, typer.Option("--memory", help="Memory to use; beyond it the plan spills to disk.")] = "8GB",
) -> None:
    """Write the portfolio of a made-up company, with the truth that was planted in it.

    The same scale and seed give the same files.

    Example: outcomes generate examples/acme --scale 0.05 --seed 7
    """
    from sources.generated import generate as write

    with _explained():
        try:
            written = write(folder, scale, seed, memory_limit=memory)
        except ValueError as error:
            raise PortfolioError(f"{error}. What to do: name a scale such as 0.05, 1 or 10") from error
    out.print(f"{written.folder}: {sum(written.rows.values()):,} rows in {len(written.days)} folders, all made up")
    out.print(f"Refresh:   outcomes refresh --portfolio {written.folder}")


@app.command("fingerprint")
def fingerprint_metrics() -> None:
    """Write the compiled SQL's fingerprints into the metric contracts, after a meant change of a definition.

    Example: outcomes fingerprint
    """
    from dagster_project import measure
    from expectations.contracts import write_fingerprints

    with _explained():
        changed = write_fingerprints(measure.sql_by_metric(measure.compile_project()))
    out.print(f"Changed: {', '.join(changed)}" if changed else "No fingerprint changed.")


# ---- the refresh, in this process


def _execute(job: str, space: Workspace, *, full: bool, home: Path | None, as_of: date | None = None) -> Any:
    """Run a job in this process; the run's state, or None where it could not begin."""
    from dagster_project.execution import execute

    # a process that lives for seconds among many thousands of definitions has nothing to collect but the time it takes
    gc.set_threshold(100_000, 50, 1000)
    with _explained():
        run, problem = execute(job, space, full=full, home=home, verbose=sys.stderr.isatty(), as_of=as_of)
    gc.freeze()
    if problem is not None:
        err.print(f"outcomes: {problem}", style="red")
        raise typer.Exit(1)
    return run


def _show_rows(space: Workspace, name: str, limit: int) -> None:
    from dagster_project.execution import rows_of_check
    from serving.words import plural

    columns, found = rows_of_check(space, name, limit)
    if not found:
        out.print(f"{name} has no row to show.")
        return
    table = Table(*columns, box=SIMPLE)
    for row in found:
        table.add_row(*("" if value is None else str(value) for value in row))
    out.print(table)
    out.print(plural(len(found), "row"))


def _report_failure(space: Workspace, run: Any) -> None:
    from dagster_project.publishing import describe

    if run is None:
        return
    blocking = [record for record in run.records if record.blocks]
    for message in [] if blocking else run.failures:
        err.print(f"outcomes: {message}", style="red")
    for record in blocking:
        err.print(f"outcomes: {describe(record)}", style="red")
    # a database says of a full disk whatever it trips over first
    if (free := shutil.disk_usage(space.home).free) < NEARLY_FULL:
        err.print(f"{space.home}: no space left but {free / 1e6:.1f} MB. What to do: make room, then refresh again.")
    err.print("Nothing was published; what was served before is served still.")


# ---- what people read


def _scorecard(space: Workspace, version: "Version | None" = None) -> None:
    """A version's scorecard; default: the served one's, if there is one."""
    from serving import reader
    from serving import versions as kept
    from serving.scorecard import COLUMNS, scorecard

    chosen = version or kept.served(space.home)
    if chosen is None:
        return
    table = Table(*COLUMNS, box=SIMPLE)
    for row in scorecard(reader.connect(chosen.database), chosen.manifest["reporting_currency"]):
        table.add_row(*row)
    out.print(table)


def _paths(space: Workspace, version: "Version | None" = None) -> None:
    """Where a version lies; default: the served one, by the paths that stay."""
    page = version.folder if version else space.home
    warehouse = version.database if version else space.home / "serve" / "current" / "warehouse.duckdb"
    out.print(f"Page:      {page / 'index.html'}")
    out.print(f"Warehouse: {warehouse}")


def _known(version: "Version") -> str:
    """That a version shows what was known then, in words; nothing for any other."""
    from serving.words import day

    if version.observed_by is None:
        return ""
    return f"as known on {day(version.as_of)}" + (", reconstructed" if version.is_reconstructed else "")


def _label(version: "Version") -> str:
    """The same in a word or three, for a list."""
    return "reconstructed" if version.is_reconstructed else "as known then" if version.observed_by else ""


def _ago(age: Any) -> str:
    from serving.words import age as in_words

    return in_words(age) if age is not None else "?"


def _moment(text: str | None) -> str:
    from serving.words import minute

    return minute(text)


def _counts(checks: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in checks.items() if count)


if __name__ == "__main__":
    app()
