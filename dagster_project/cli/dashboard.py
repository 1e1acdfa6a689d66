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
) -> None:
    """Draw the page again with the current chart definitions.

    Without --version it draws the served version, with the state of the last refresh. A published version never
    changes: the page in its folder stays as it was, and the new one is a separate file.

    Example: outcomes dashboard

    Example: outcomes dashboard --version 01K6ZR4V5N8W1QY3T7B9C2D4EF --output review.html
    """
    from dagster_project.home import last_refresh
    from serving import page, versions

    space = open_space(portfolio)
    with explained():
        if output is not None and not _is_own_page(space.home, output):
            refuse_inside_home(space, output)
        if version is None and output is None:
            path = page.draw_root(space.home, last_refresh(space.home))
        else:
            served = versions.served(space.home) if version is None else None
            chosen = served or versions.readable(space.home, version or "")
            path = page.draw_copy(chosen, output or space.home / f"dashboard-{chosen.version}.html")
    out.print(f"Page: {path}")


def _is_own_page(home: Path, file: Path) -> bool:
    """Whether a file is one that this command writes there anyway."""
    place = file.resolve()
    return place.parent == home.resolve() and (place.name == "index.html" or place.match("dashboard-*.html"))
