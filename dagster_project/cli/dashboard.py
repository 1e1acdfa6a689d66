"""The command that draws the page: dashboard."""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.common import PortfolioOption, VersionOption, app, explained, open_space, out


@app.command()
def dashboard(
    portfolio: PortfolioOption = None,
    version: VersionOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Where to write it; default: the page people open, or dashboard-VERSION.html.",
        ),
    ] = None,
) -> None:
    """Draw the page again, with the charts as they are declared now.

    Without --version: the served version's, with the state of the last refresh. A published version never changes, so
    the page inside its folder stays as it was; the new one stands beside, in one file to open or to send.

    Example: outcomes dashboard

    Example: outcomes dashboard --version 01K6ZR4V5N8W1QY3T7B9C2D4EF --output review.html
    """
    from dagster_project.run import last_refresh
    from serving import page, versions

    space = open_space(portfolio)
    with explained():
        if version is None and output is None:
            path = page.draw_root(space.home, last_refresh(space.home))
        else:
            served = versions.served(space.home) if version is None else None
            chosen = served or versions.find(space.home, version or "")
            path = page.draw_copy(chosen, output or space.home / f"dashboard-{chosen.version}.html")
    out.print(f"Page: {path}")
