"""Commands for sources that are fetched from a tool: fetch, connect."""

import sys
from functools import partial
from typing import Annotated

import typer

from dagster_project.cli.common import PortfolioOption, app, err, explained, open_space, out


@app.command()
def fetch(
    source: Annotated[str | None, typer.Argument(metavar="[SOURCE]", help="Name of a source; default: all.")] = None,
    portfolio: PortfolioOption = None,
    full: Annotated[bool, typer.Option("--full", help="Fetch everything, not only what changed.")] = False,
) -> None:
    """Fetch what changed at the tools that portfolio.yml names.

    Nothing is built. A fetch that was interrupted goes on where it stopped. The next refresh lands what was fetched.

    Example: outcomes fetch jira --full
    """
    from dagster_project.fetching import chosen, fetch_all
    from dagster_project.home import locked

    space = open_space(portfolio)
    with explained():
        listed = chosen(space, source)
        with locked(space):
            found = fetch_all(space, listed, lambda what: print(what, file=sys.stderr, flush=True), full=full)
    if not listed:
        out.print("portfolio.yml names no tool to fetch from (docs/sources.md).")
    for result in found:
        if result.problem is not None:
            err.print(f"outcomes: {result.problem}", style="red")
    if any(result.problem for result in found):
        raise typer.Exit(1)


@app.command()
def connect(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of a source, in portfolio.yml or a new one.")],
    portfolio: PortfolioOption = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Of a new source: what it is, such as jira.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Of a new source: a setting; repeat it.")
    ] = None,
) -> None:
    """Check that a tool can be read, and add it to portfolio.yml.

    It looks at its address, the secret, what that sees and how much there is; where a person must consent to it first,
    it asks for that. A new source is written into portfolio.yml if it can be read.

    Example: outcomes connect jira --type jira --set url=https://acme.atlassian.net --set user=reports@acme.example
    """
    from dagster_project import connecting
    from dagster_project.fetching import chosen
    from dagster_project.home import locked

    space = open_space(portfolio)
    with explained():
        space, text = connecting.with_entry(space, source, kind, settings or [])
        (found,) = chosen(space, source)
        with locked(space):
            # an address that is broken over two lines can't be pasted
            connecting.sign_in(
                space, found, partial(out.print, soft_wrap=True), lambda what: typer.prompt(what, hide_input=True)
            )
            said, is_all = connecting.seen(space, source)
            if text is not None and is_all:
                connecting.write(space, text)
        for line in said:
            out.print(line)
        if text is not None:
            out.print("It was added to portfolio.yml." if is_all else "It was not added to portfolio.yml.")
        if is_all:
            out.print(f"To fetch: outcomes fetch {source}; or outcomes refresh, which fetches first.")
    if not is_all:
        raise typer.Exit(1)
