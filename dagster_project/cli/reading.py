"""Commands that read a version: status, query."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.common import (
    Format,
    PortfolioOption,
    VersionOption,
    ago,
    app,
    counts,
    explained,
    known,
    moment,
    open_space,
    out,
    paths,
    scorecard,
    show_table,
)
from dagster_project.settings import PortfolioError

if TYPE_CHECKING:
    from serving.mirror import Mirrored


@app.command()
def status(portfolio: PortfolioOption = None, version: VersionOption = None) -> None:
    """Show the served version, its age and its figures.

    Also shows how the last refresh ended. With --version it shows another version.

    Example: outcomes status

    Example: outcomes status --version 01K6ZR4V5N8W1QY3T7B9C2D4EF
    """
    from dagster_project.home import LAST_REFRESH, last_refresh, unended
    from serving import mirror, versions

    space = open_space(portfolio)
    if version is not None:
        with explained():
            chosen = versions.readable(space.home, version)
            what = "served" if chosen.is_served else known(chosen) or "not served"
            out.print(f"{space.portfolio.title}: version {version}, {what}, as of {moment(chosen.as_of)}")
            out.print(f"Checks: {counts(chosen.checks)}")
            scorecard(space, chosen)
        paths(space, chosen)
        return
    with explained():
        begun, served = unended(space.home), versions.served(space.home)
    if begun is not None:
        fix = "" if begun.is_running else " To fix: outcomes refresh"
        out.print(f"{begun.said[0].upper()}{begun.said[1:]}{fix}")
    if served is None:
        out.print(f"{space.portfolio.title}: nothing is published yet. Run: outcomes refresh")
        raise typer.Exit(1)
    age = served.age(datetime.now(UTC))
    out.print(f"{space.portfolio.title}: version {served.version}, as of {moment(served.as_of)}, {ago(age)} old")
    out.print(f"Checks: {counts(served.checks)}")
    if last := last_refresh(space.home):
        out.print(f"Last refresh: {last['outcome']}, {moment(last['ended_at'])}. {last['message'] or ''}".rstrip())
        for trouble in last.get("sources") or []:
            if trouble["seen_at"]:
                old = ago(datetime.now(UTC) - datetime.fromisoformat(trouble["seen_at"]))
                out.print(f"Source {trouble['source']}: not fetched; what is used was seen {old} ago")
    elif (space.home / LAST_REFRESH).exists():
        out.print(f"Last refresh: {space.home / LAST_REFRESH} can't be read. To fix: outcomes refresh writes it again")
    if space.portfolio.mirror is not None:
        out.print(_mirror_in_words(mirror.last(space.home), served.version), soft_wrap=True)
    with explained():
        scorecard(space)
    paths(space)


def _mirror_in_words(mirrored: "Mirrored | None", served: str) -> str:
    """The mirror's state at its last copy."""
    if mirrored is None:
        return "Mirror: not copied yet. Run: outcomes mirror"
    if mirrored.is_behind:
        return f"Mirror: behind since {moment(mirrored.tried_at)}. {mirrored.problem}"
    if mirrored.version != served:
        return f"Mirror: behind, it shows version {mirrored.version}. Run: outcomes mirror"
    return f"Mirror: {mirrored.where}, up to date since {moment(mirrored.tried_at)}. {mirrored.note or ''}".rstrip()


@app.command()
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT on the published warehouse.")],
    portfolio: PortfolioOption = None,
    output: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.table,
    version: VersionOption = None,
) -> None:
    """Run SQL on the served version, or another, read-only.

    Example: outcomes query "select metric_name, value, status from metrics.fct_metric_values where grain = 'all'"

    Example: outcomes query --version 01K6ZR4V5N8W1QY3T7B9C2D4EF "select * from outcomes.value_realization"
    """
    from serving import reader, versions

    space = open_space(portfolio)
    with explained():
        chosen = versions.readable(space.home, version) if version is not None else versions.served(space.home)
        if chosen is None:
            raise PortfolioError(f"{space.home}: nothing is published yet. To fix: outcomes refresh")
        table = reader.query(chosen.database, sql, space.limits, space.portfolio.query_timeout)
    show_table(table, output)
