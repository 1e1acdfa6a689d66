"""Commands for writing a portfolio and its definitions: unlinked, generate, fingerprint, staging."""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.common import Format, PortfolioOption, app, explained, open_space, out, show_table
from dagster_project.settings import PortfolioError


@app.command()
def unlinked(
    portfolio: PortfolioOption = None,
    links: Annotated[
        Path | None,
        typer.Option(
            "--with",
            metavar="FILE",
            help="Start with the rows of this outcome_links file, so that the output can replace it.",
        ),
    ] = None,
) -> None:
    """List deliverables linked to no outcome as a CSV to fill in.

    Fill in key_result_id, and the file is the feed outcome_links. It lists delivered and open deliverables, not
    cancelled ones. Rows left blank are excluded when the file is loaded, so they may stay.

    Example: outcomes unlinked > links.csv

    Example: outcomes unlinked --with mine/feeds/outcome_links.csv > links.csv
    """
    from serving import unlinked as export
    from serving import versions

    space = open_space(portfolio)
    with explained():
        served = versions.served(space.home)
        if served is None:
            raise PortfolioError(f"{space.home}: nothing is published yet. To fix: outcomes refresh")
        table = export.unlinked(served)
        if links is not None:
            table = export.with_links(links, table)
    show_table(table, Format.csv)


@app.command()
def generate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write; an earlier generated portfolio there is replaced.")
    ],
    scale: Annotated[
        float, typer.Option("--scale", help="Size: 1 gives 40 initiatives and about a million usage rows.")
    ] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Random seed; another seed gives another company.")] = 7,
    memory: Annotated[str, typer.Option("--memory", help="Memory limit; beyond it, DuckDB spills to disk.")] = "8GB",
) -> None:
    """Generate the portfolio of a fictional company.

    Its known results are in the folder truth.

    The same scale and seed give the same files.

    Example: outcomes generate examples/acme --scale 0.05 --seed 7
    """
    from sources.generated import generate as write

    with explained():
        try:
            written = write(folder, scale, seed, memory_limit=memory)
        except ValueError as error:
            raise PortfolioError(f"{error}. To fix: name a scale such as 0.05, 1 or 10") from error
    out.print(f"{written.folder}: {sum(written.rows.values()):,} rows in {len(written.days)} folders, all generated")
    out.print(f"Refresh:   outcomes refresh --portfolio {written.folder}")


@app.command("fingerprint")
def fingerprint_metrics(
    same_meaning: Annotated[
        list[str] | None,
        typer.Option(
            "--same-meaning",
            metavar="METRIC",
            help="A metric whose SQL or wording changed but not its meaning. Repeatable.",
        ),
    ] = None,
) -> None:
    """Write expectations/metrics.lock after a metric changed.

    A metric whose definition or SQL changed needs a new version, unless --same-meaning names it.

    Example: outcomes fingerprint

    Example: outcomes fingerprint --same-meaning cost
    """
    from dagster_project import measure
    from expectations.lock import write_lock

    with explained():
        compiled = measure.sql_by_metric(measure.compile_project())
        try:
            changed = write_lock(measure.metrics(), compiled, same_meaning or ())
        except ValueError as error:
            raise PortfolioError(str(error)) from error
    out.print(f"Changed: {', '.join(changed)}" if changed else "Nothing changed.")


@app.command("staging")
def write_staging() -> None:
    """Generate the staging models from the feed contracts.

    Also generates their tests and the dbt sources.

    Example: outcomes staging
    """
    from dagster_project import staging

    changed = staging.write()
    out.print(
        "\n".join(str(path) for path in changed) if changed else "Every staging model is up to date with its contract."
    )
