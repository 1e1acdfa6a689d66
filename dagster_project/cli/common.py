"""Shared by the commands: consoles, options, error messages, tables."""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from dagster_project.settings import BusyError, PortfolioError, Workspace, workspace

if TYPE_CHECKING:
    from serving.mirror import Mirrored
    from serving.reader import Table as Result
    from serving.versions import Version

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Did what we delivered create value? Refresh, check and query an outcome warehouse.",
)
WIDTH = None if sys.stdout.isatty() else 140  # a pipe has no width
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
def explained() -> Generator[None]:
    """Turn the other packages' errors into a message and an exit code."""
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


def open_space(portfolio: Path | None) -> Workspace:
    with explained():
        return workspace(portfolio)


def show_table(table: "Result", output: Format) -> None:
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


def scorecard(space: Workspace, version: "Version | None" = None) -> None:
    """Print a version's scorecard, the checks that warned and the identical copies that were left out.

    Default: the served version, if there is one.
    """
    from serving import reader
    from serving import versions as kept
    from serving.figures import checks, scores
    from serving.scorecard import COLUMNS, scorecard

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
    out.print(table)
    for reason, labels in silent.items():
        out.print(f"Not measured ({reason}): {' · '.join(labels)}")
    open_checks = (check.name for check in checks(connection, chosen.manifest["refresh_id"]) if check.is_open)
    if warned := list(dict.fromkeys(open_checks)):
        out.print(f"Warned: {' · '.join(warned)}. To see the rows: outcomes check --rows {warned[0]}")
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
