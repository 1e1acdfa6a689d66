"""The command that writes the digest: digest."""

from typing import Annotated, Literal

import typer

from dagster_project.cli.common import PortfolioOption, VersionOption, app, explained, open_space


@app.command()
def digest(
    portfolio: PortfolioOption = None,
    version: VersionOption = None,
    form: Annotated[Literal["markdown", "html"], typer.Option("--format", help="How it is written.")] = "markdown",
) -> None:
    """Write the digest of the served version.

    It says which metrics changed significantly in their latest complete quarter, lists wins and what needs a decision,
    and says how old the data is.

    With `notify.digest` in portfolio.yml a refresh sends it by mail or to a chat, once a version.

    Example: outcomes digest

    Example: outcomes digest --format html > digest.html
    """
    from dagster_project.alerting import page_of
    from serving import versions
    from serving.digest import digest_of

    space = open_space(portfolio)
    with explained():
        wanted = version or versions.served_name(space.home) or ""
        made = digest_of(versions.readable(space.home, wanted).folder, page_of(space))
    typer.echo(made.markdown if form == "markdown" else made.html, nl=False)
