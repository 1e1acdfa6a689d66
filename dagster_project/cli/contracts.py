"""Commands about the feeds' contracts: contracts export."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

from dagster_project.cli.common import app, explained, out
from dagster_project.settings import PortfolioError

contracts = typer.Typer(no_args_is_help=True, help="The feeds' contracts: export.")
app.add_typer(contracts, name="contracts")


@contracts.command("export")
def export(
    feeds: Annotated[
        list[str] | None, typer.Argument(metavar="[FEED]...", help="Only these feeds; default: every one.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Export them in the Open Data Contract Standard.

    It is ODCS 3.1, as YAML: a producer can test a file with any tool that reads it.

    Example: outcomes contracts export --output feeds.odcs.yaml

    Example: outcomes contracts export work_items
    """
    from sources.contracts import load_contracts
    from sources.contracts.odcs import contract

    known = load_contracts()
    with explained():
        if unknown := [name for name in feeds or [] if name not in known]:
            raise PortfolioError(f"no feed is called {unknown[0]}. To fix: choose of {', '.join(known)}.")
        chosen = [known[name] for name in feeds or known]
        text = yaml.safe_dump(
            contract(chosen, version("outcome-warehouse")), sort_keys=False, allow_unicode=True, width=120
        )
        if output is None:
            print(text, end="")
            return
        output.write_text(text, encoding="utf-8")
        out.print(f"Wrote {output}")
