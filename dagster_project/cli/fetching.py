"""Commands for sources that are fetched from a tool: fetch, connect."""

import sys
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
        space.home.mkdir(parents=True, exist_ok=True)
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
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of a source in portfolio.yml.")],
    portfolio: PortfolioOption = None,
) -> None:
    """Check that a tool can be read.

    It looks at its address, the token, what that sees and how much there is. Nothing is written.

    Example: outcomes connect jira
    """
    from dagster_project.fetching import chosen
    from sources.fetching.fetch import session
    from sources.pulled import feeds_of

    space = open_space(portfolio)
    with explained():
        (found,) = chosen(space, source)
        api = session(found, space.secrets_of(found))
        scope = sorted(found.scope(api))
        missing = sorted(set(found.wanted() or ()) - set(scope))
        out.print(f"{found.name}: {found.url} answers, and the {found.secret} is valid.")
        out.print(f"It sees {', '.join(scope) or 'nothing'}.")
        if missing:
            out.print(f"It does not see {', '.join(missing)}. To fix: give its user access, or correct the names.")
        for name, value in found.counts(api).items():
            out.print(f"{name}: {value}")
        out.print(f"It fills the feeds {', '.join(feeds_of(found))}.")
        out.print(f"To fetch: outcomes fetch {found.name}; or outcomes refresh, which fetches first.")
    if missing or not scope:
        raise typer.Exit(1)
