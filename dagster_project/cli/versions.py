"""Commands about versions: versions, diff, rollback."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Column, Table

from dagster_project.cli.common import (
    Format,
    PortfolioOption,
    ago,
    app,
    counts,
    err,
    explained,
    label,
    measured,
    mirror_warning,
    moment,
    open_space,
    out,
    show_table,
)


@app.command()
def versions(
    portfolio: PortfolioOption = None,
    remove: Annotated[
        str | None,
        typer.Option("--remove", metavar="VERSION", help="Remove a version that is neither served nor pinned."),
    ] = None,
) -> None:
    """List the published versions, newest first.

    Shows age, number of measured metrics, size and checks.

    keep_versions and keep_days in portfolio.yml decide which are kept; the served and the pinned ones always are.
    Point-in-time versions (`refresh --as-of`) are never served, don't count towards keep_versions, and stay until you
    remove them.

    Example: outcomes versions

    Example: outcomes versions --remove 01K6ZR4V5N8W1QY3T7B9C2D4EF
    """
    from serving import keeping
    from serving import versions as kept
    from serving.errors import VersionError

    space = open_space(portfolio)
    with explained():
        if remove is not None:
            keeping.remove(space.home, remove)
        found = kept.list_versions(space.home)
    try:
        pinned = keeping.pinned(space.home)
    except VersionError as error:
        pinned = frozenset[str]()
        err.print(f"outcomes: {error}", style="red")
    table = Table("", Column("version", no_wrap=True), "age", "as of", "figures", "size", "checks", box=SIMPLE)
    for version in found:
        marks = ("served" * version.is_served, "pinned" * (version.version in pinned), label(version))
        table.add_row(
            ", ".join(mark for mark in marks if mark),
            version.version,
            ago(version.age(datetime.now(UTC))),
            moment(version.as_of),
            measured(version),
            f"{version.total_bytes / 1e6:.1f} MB",
            version.problem or counts(version.checks),
        )
    out.print(table)
    for stray in kept.strays(space.home):
        err.print(f"outcomes: {stray}: this is no version, and nothing reads it. To fix: move it elsewhere")


@app.command()
def diff(
    before: Annotated[
        str | None, typer.Argument(metavar="V1", help="The earlier version; default: the one before V2.")
    ] = None,
    after: Annotated[str | None, typer.Argument(metavar="V2", help="The later one; default: the newest.")] = None,
    portfolio: PortfolioOption = None,
    output: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.table,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows of the table; csv and json show all.")] = 50,
) -> None:
    """Show which figures changed between two versions, and why.

    The reason is a definition, a setting, or new, corrected or deleted rows of the metric's feeds, counted for the
    figure's period and member where possible. Figures of closed periods come first; those of open periods may have
    changed just because time passed. Default: the two newest versions.

    Example: outcomes diff

    Example: outcomes diff 01K6ZR4V5N8W1QY3T7B9C2D4EF 01K8AB6M2D3F4G5H6J7K8M9N0P --format csv
    """
    from serving import differences
    from sources.changes import row_changes

    space = open_space(portfolio)
    with explained():
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
        show_table(found.figures, output)
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
def rollback(
    version: Annotated[str | None, typer.Argument(help="Version to serve; default: the previous one.")] = None,
    portfolio: PortfolioOption = None,
) -> None:
    """Serve an earlier version again.

    The next refresh publishes a new version if anything is new.

    Example: outcomes rollback
    """
    from dagster_project.home import last_refresh
    from dagster_project.mirroring import follow
    from serving import page
    from serving import versions as kept

    space = open_space(portfolio)
    with explained():
        served = kept.rollback(space.home, version)
        page.draw_root(space.home, last_refresh(space.home))
    out.print(f"Version {served.version} is served.")
    mirror_warning(follow(space))
