"""The command that draws the page: dashboard."""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.common import (
    PortfolioOption,
    VersionOption,
    app,
    explained,
    open_space,
    out,
    refuse_inside_home,
)
from dagster_project.settings import Workspace


@app.command()
def dashboard(
    portfolio: PortfolioOption = None,
    version: VersionOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="File to write; default: the served page, or dashboard-VERSION.html.",
        ),
    ] = None,
    tiles: Annotated[
        Path | None,
        typer.Option("--tiles", metavar="DIR", help="Write each metric as a picture (SVG) and JSON into this folder."),
    ] = None,
) -> None:
    """Draw the page again with the current chart definitions.

    Without --version it draws the served version, with the state of the last refresh. A published version never
    changes: the page in its folder stays as it was, and the new one is a separate file.

    Example: outcomes dashboard

    Example: outcomes dashboard --version 01K6ZR4V5N8W1QY3T7B9C2D4EF --output review.html

    Example: outcomes dashboard --tiles wiki/figures
    """
    from dagster_project.home import last_refresh
    from serving import page, versions

    if tiles is not None and output is not None:
        raise typer.BadParameter("--tiles writes a folder, --output a page: give one of them.")
    space = open_space(portfolio)
    if tiles is not None:
        _write_tiles(space, version, tiles)
        return
    with explained():
        if output is not None and not _is_own_page(space.home, output):
            refuse_inside_home(space, output)
        if version is None and output is None:
            path = page.draw_root(space.home, last_refresh(space.home), afresh=True)
        else:
            served = versions.served(space.home) if version is None else None
            chosen = served or versions.readable(space.home, version or "")
            path = page.draw_copy(chosen, output or space.home / f"dashboard-{chosen.version}.html")
    out.print(f"Page: {path}")


def _write_tiles(space: Workspace, version: str | None, into: Path) -> None:
    from serving import versions
    from serving.dashboard.tiles import write_tiles
    from serving.words import plural

    with explained():
        refuse_inside_home(space, into)
        chosen = versions.readable(space.home, version or versions.served_name(space.home) or "")
        written = write_tiles(chosen.folder, into)
    out.print(f"Tiles: {plural(len(written) // 2, 'metric')} as SVG and JSON in {into}", soft_wrap=True)


def _is_own_page(home: Path, file: Path) -> bool:
    """Whether a file is one that this command writes there anyway."""
    place = file.resolve()
    return place.parent == home.resolve() and (place.name == "index.html" or place.match("dashboard-*.html"))
