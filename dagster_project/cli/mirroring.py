"""The command about the mirror: mirror."""

from typing import Annotated

import typer

from dagster_project.cli.common import PortfolioOption, app, err, explained, open_space, out
from dagster_project.settings import PortfolioError


@app.command()
def mirror(
    portfolio: PortfolioOption = None,
    full: Annotated[
        bool, typer.Option("--full", help="Copy even if the mirror already has the served version.")
    ] = False,
) -> None:
    """Copy the served version into the PostgreSQL mirror.

    portfolio.yml names the database. Every refresh does this too, but a failure there is only a warning; here the exit
    code is 1.

    Example: outcomes mirror

    Example: OUTCOMES_MIRROR_PASSWORD=... outcomes mirror --portfolio mine --full
    """
    from dagster_project import mirroring

    space = open_space(portfolio)
    with explained():
        mirrored = mirroring.follow(space, full=full)
        if mirrored is None:
            raise PortfolioError(
                f"{space.folder / 'portfolio.yml'}: no mirror is declared. "
                "To fix: add mirror: postgresql://user@host/database (docs/portfolio.md)"
            )
    if mirrored.is_behind:
        err.print(f"outcomes: {mirrored.problem}", style="red")
        raise typer.Exit(1)
    if mirrored.outcome == "unchanged":
        out.print(f"{mirrored.where} shows version {mirrored.version} already.")
        return
    out.print(f"{mirrored.where}: version {mirrored.version}, {mirrored.rows:,} rows in {mirrored.seconds} s.")
    if mirrored.note:
        err.print(f"outcomes: {mirrored.note}", style="yellow")
