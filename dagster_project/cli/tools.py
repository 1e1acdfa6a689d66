"""Commands for BI tools: superset."""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.common import PortfolioOption, app, explained, open_space, out, refuse_inside_home


@app.command()
def superset(
    bundle: Annotated[Path, typer.Argument(metavar="FILE", help="ZIP file to write.")],
    portfolio: PortfolioOption = None,
) -> None:
    """Write the dashboard for Apache Superset as a ZIP to import.

    In Superset: Dashboards, Import; or `superset import-dashboards --path FILE --username admin`.

    Example: outcomes superset outcomes.zip --portfolio mine
    """
    from serving.bi.bundle import superset_bundle
    from serving.dashboard.tiles import tiles_of
    from serving.versions import CURRENT, DATABASE, serve_folder

    space = open_space(portfolio)
    with explained():
        warehouse = serve_folder(space.home) / CURRENT / DATABASE
        refuse_inside_home(space, bundle)
        figures = tiles_of(warehouse.parent).shown
        bundle.write_bytes(superset_bundle(warehouse, space.portfolio.name, space.portfolio.title, figures))
    out.print(f"{bundle}: reads {warehouse}", soft_wrap=True)
