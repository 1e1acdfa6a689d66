"""Shared by the commands: consoles, options, error messages, tables."""

import json
import math
import re
import shlex
import shutil
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
import typer.core
import typer.main
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from dagster_project.settings import PROJECT, BusyError, Environment, PortfolioError, Workspace, workspace

if TYPE_CHECKING:
    from serving.mirror import Mirrored
    from serving.reader import Table as Result
    from serving.versions import Version


class _Commands(typer.core.TyperGroup):
    """The commands; Ctrl-C and SIGTERM end each with what was going on and what became of it."""

    def invoke(self, ctx: Any) -> Any:
        is_main = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGTERM, _interrupt) if is_main else None
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            err.print(f"outcomes: {_interrupted()}", style="red")
            raise typer.Exit(143 if stop.args else 130) from None
        finally:
            if before is not None:
                signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, _: Any) -> None:
    raise KeyboardInterrupt(number)


def _interrupted() -> str:
    """What an interrupted command was doing, and what became of it."""
    run = getattr(sys.modules.get("dagster_project.run"), "LAST", {}).get("run")
    if run is None:
        return "interrupted. Nothing was published."
    after = f" after {run.said}" if run.said else ""
    if run.outcome == "published":
        return f"interrupted{after}. The new version is served; to draw its page: outcomes dashboard"
    return f"interrupted{after}. Nothing was published; the served version is unchanged. To go on: outcomes refresh"


def _docs() -> Path:
    """Where the docs are that messages name: a wheel installs them beside its programs."""
    docs = PROJECT / "docs"
    return docs if docs.is_dir() else Path(sys.prefix) / "share" / "doc" / "outcome-warehouse" / "docs"


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Did what we delivered create value? Refresh, check and query an outcome warehouse.",
    epilog=f"\b\nDocumentation:\n{_docs()}",  # \b: a path that is broken over two lines can't be pasted
)
WIDTH = None if sys.stdout.isatty() else 140  # a pipe has no width


class _Said(Console):
    """A console that completes the commands in what it prints, so that they work pasted."""

    def print(self, *objects: Any, soft_wrap: bool | None = None, **how: Any) -> None:
        said = [completed(o) if isinstance(o, str) else o for o in objects]
        # a command that is broken over two lines can't be pasted
        super().print(*said, soft_wrap=said != list(objects) or soft_wrap, **how)


out = _Said(width=WIDTH, highlight=False, markup=False)
err = _Said(stderr=True, soft_wrap=True, highlight=False, markup=False)
# control characters but a new line, and those that turn the direction of text
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_given: dict[str, Path] = {}  # the portfolio's folder, as this command was given it


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"outcome-warehouse {version('outcome-warehouse')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the installed version and exit.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    del version  # its callback has shown it


PortfolioOption = Annotated[
    Path | None,
    typer.Option(
        "--portfolio", metavar="DIR", help="Its folder; default: OUTCOMES_PORTFOLIO, this folder, the example."
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
def explained() -> Generator[None]:
    """Turn the other packages' errors into a message and an exit code."""
    import duckdb

    from dagster_project.dbt_runner import DbtError
    from serving.errors import ServingError
    from sources.errors import LandingError

    try:
        yield
    except duckdb.Error as error:
        err.print(f"outcomes: {_said(error)}", style="red")
        raise typer.Exit(1) from error
    except PortfolioError as error:
        err.print(f"outcomes: {error}", style="red")
        raise typer.Exit(2) from error
    except BusyError as error:
        err.print(f"outcomes: {error}", style="red")
        raise typer.Exit(3) from error
    except (ServingError, LandingError, DbtError, OSError) as error:
        err.print(f"outcomes: {_said(error)}", style="red")
        raise typer.Exit(1) from error


def _said(error: Exception) -> str:
    """An error's message; that of a full disk, or of a database, says what to do."""
    import duckdb

    from sources.common import disk

    said = " ".join(str(error).split())
    if lack := disk.lack(said):
        place = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        return f"{place}{lack.what}. To fix: {lack.fix}, then run the command again."
    if isinstance(error, duckdb.Error):
        return f"a database can't be read: {said} To fix: outcomes verify names what is damaged"
    return str(error)


def given(portfolio: Path | None) -> None:
    """Note the portfolio's folder as this command was given it, for the commands that its messages name."""
    _given.clear()
    if portfolio is not None:
        _given["portfolio"] = portfolio


def open_space(portfolio: Path | None, *, is_trial: bool = False) -> Workspace:
    """The workspace of a portfolio. Only for a trial may the home be that of another copy of it."""
    from dagster_project.home import hold_owner, hold_places

    given(portfolio)
    with explained():
        space = workspace(portfolio)
        hold_places(space.home)
        if not is_trial:
            hold_owner(space)
        return space


def hold_feed(name: str) -> None:
    """Raise PortfolioError for a name that no feed has, with those like it."""
    from difflib import get_close_matches

    from sources.contracts import load_contracts

    if name not in load_contracts():
        near = get_close_matches(name, load_contracts(), 3, 0.4) or list(load_contracts())
        raise PortfolioError(f"no feed is called {name}. To fix: choose one of {', '.join(near)}.")


def refuse_inside_home(space: Workspace, file: Path) -> None:
    """Raises PortfolioError for a file to be written that lies in the portfolio's home, where all has its owner."""
    if file.resolve().is_relative_to(space.home.resolve()):
        raise PortfolioError(
            f"{file}: this is inside the portfolio's home, and may be a file that is served or landed. To fix: choose "
            f"a place outside {space.home}."
        )


@cache
def _commands() -> re.Pattern[str]:
    """The commands that take a portfolio, as a message names them: `outcomes refresh`, `outcomes metrics list`."""
    names: list[str] = []
    for name, command in cast(typer.core.TyperGroup, typer.main.get_command(app)).commands.items():
        inner = command.commands.items() if isinstance(command, typer.core.TyperGroup) else [("", command)]
        names += [f"{name} {sub}".strip() for sub, found in inner if any(p.name == "portfolio" for p in found.params)]
    return re.compile(rf"\boutcomes ({'|'.join(sorted(names, key=len, reverse=True))})\b(?! --portfolio)")


def completed(message: str) -> str:
    """A message whose commands have the portfolio and home that this command was given, and work pasted.

    `outcomes refresh` becomes `OUTCOMES_HOME=/srv .venv/bin/outcomes refresh --portfolio mine`.
    """
    environment = Environment()
    chosen = {
        name: getattr(environment, name) for name in environment.model_fields_set & {"portfolio", "home"}
    } | _given
    before = f"OUTCOMES_HOME={shlex.quote(str(chosen['home']))} " if "home" in chosen else ""
    after = f" --portfolio {shlex.quote(str(chosen['portfolio']))}" if "portfolio" in chosen else ""
    called = "outcomes" if shutil.which("outcomes") or not sys.argv[0].endswith("/outcomes") else sys.argv[0]
    return _commands().sub(lambda found: f"{before}{shlex.quote(called)} {found[1]}{after}", message)


def visible(value: Any) -> str:
    """A value as text; control characters, such as a terminal's escape sequences, are shown and not sent."""
    return "" if value is None else _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), str(value))


def show_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as a table; where that is too wide, with columns down and as many rows across as fit."""
    from serving.words import plain

    names = [visible(name) for name in columns]
    texts = [[visible(plain(value)) for value in row] for row in rows]
    table = _table(names, texts)
    if len(names) == 1 or _width(table) <= out.width:
        out.print(table)
        return
    start = 0
    while start < len(texts):
        across = 1
        while start + across < len(texts) and _width(_on_its_side(names, texts, start, across + 1)) <= out.width:
            across += 1
        out.print(_on_its_side(names, texts, start, across))
        start += across


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=SIMPLE)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _on_its_side(names: Sequence[str], rows: Sequence[Sequence[str]], start: int, across: int) -> Table:
    """The rows from `start` on, one column each."""
    chosen = rows[start : start + across]
    return _table(
        ["row", *(str(start + number + 1) for number in range(across))],
        [[name, *(row[at] for row in chosen)] for at, name in enumerate(names)],
    )


def _width(table: Table) -> int:
    """Characters that a table takes without breaking a line."""
    return table.__rich_measure__(out, out.options.update(max_width=100_000)).maximum


def show_table(table: "Result", output: Format) -> None:
    """Print a query's result."""
    from serving.words import plain, plural

    match output:
        case Format.csv:
            sys.stdout.write(table.to_csv())
        case Format.json:
            print(
                json.dumps(
                    _without_nan(table.to_dicts()), default=lambda value: str(plain(value)), indent=2, allow_nan=False
                )
            )
        case Format.table:
            show_rows(table.columns, table.rows)
            out.print(plural(len(table.rows), "row"))


def _without_nan(value: Any) -> Any:
    """A value for JSON, which knows neither NaN nor infinity: they become null."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _without_nan(inner) for key, inner in cast(dict[Any, Any], value).items()}
        case list() | tuple():
            return [_without_nan(inner) for inner in cast(list[Any], value)]
        case _:
            return value


FEW = 4  # reasons, and checks that warned, that are said in full


def scorecard(space: Workspace, version: "Version | None" = None, *, is_brief: bool = False) -> None:
    """Print a version's scorecard, the checks that warned and the identical copies that were left out.

    Default: the served version, if there is one. `is_brief`: metrics that are not measured are counted, not named.
    """
    from serving import reader
    from serving import versions as kept
    from serving.figures import checks, scores
    from serving.scorecard import COLUMNS, scorecard
    from serving.words import plural

    chosen = version or kept.served(space.home)
    if chosen is None:
        return
    table = Table(*COLUMNS, box=SIMPLE)
    connection = reader.connect(chosen.database)
    lines, silent = scorecard(
        scores(connection), chosen.manifest["reporting_currency"], {load["feed"] for load in chosen.manifest["loads"]}
    )
    for row in lines:
        table.add_row(*row)
    out.print(table if lines else "No metric is measured yet: what is missing is named below.")
    if is_brief and silent:
        most = sorted(silent.items(), key=lambda item: -len(item[1]))
        counts = [f"{reason}: {len(labels)}" for reason, labels in most[:FEW]]
        counts += [f"other reasons: {sum(len(labels) for _, labels in most[FEW:])}"] if most[FEW:] else []
        total = plural(sum(map(len, silent.values())), "metric")
        out.print(f"Not measured: {total} ({'; '.join(counts)}). To see which: outcomes status")
    else:
        for reason, labels in silent.items():
            out.print(f"Not measured ({reason}): {' · '.join(labels)}")
    found = {check.name: check.observed for check in checks(connection, chosen.manifest["refresh_id"]) if check.is_open}
    for name, observed in list(found.items())[:FEW]:
        said = f" ({observed})" if observed else ""
        out.print(f"Warned: {name}{said}. To see the rows: outcomes check --rows {name}")
    if more := list(found)[FEW:]:
        out.print(f"Warned, too: {' · '.join(more)}")
    # a load or version of an earlier release counts no copies
    in_use = [load for load in chosen.manifest["loads"] if load.get("is_in_use")]
    if copied := [load for load in in_use if load.get("identical_copies")]:
        counts = ", ".join(f"{load['feed']} {load['identical_copies']:,}" for load in copied)
        out.print(f"Identical copies of a row, left out: {counts}")


def paths(space: Workspace, version: "Version | None" = None) -> None:
    """Print where a version is; default: the served one, by its stable paths."""
    page = version.folder if version else space.home
    warehouse = version.database if version else space.home / "serve" / "current" / "warehouse.duckdb"
    out.print(f"Page:      {page / 'index.html'}")
    out.print(f"Warehouse: {warehouse}")


def mirror_warning(mirrored: "Mirrored | None") -> None:
    """Warn that the mirror is behind or needs attention; the exit code doesn't change."""
    from dagster_project.mirroring import warning

    if message := warning(mirrored):
        err.print(f"outcomes: {message}", style="yellow")


def known(version: "Version") -> str:
    """A phrase for a point-in-time version; empty for any other."""
    from serving.words import day

    if version.observed_by is None:
        return ""
    return f"point in time {day(version.as_of)}" + (", reconstructed" if version.is_reconstructed else "")


def label(version: "Version") -> str:
    """The same, short enough for a list."""
    return "reconstructed" if version.is_reconstructed else "point in time" if version.observed_by else ""


def ago(age: Any) -> str:
    from serving.words import age as in_words

    return in_words(age) if age is not None else "?"


def moment(text: str | None) -> str:
    from serving.words import minute

    return minute(text)


def counts(checks: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in checks.items() if count)


def measured(version: "Version") -> str:
    """How many of a version's metrics have a measured total; `outcomes status --version` lists them."""
    statuses = [figure["status"] for figure in version.figures.values()]
    return f"{statuses.count('measured')} of {len(statuses)}" if statuses else ""
