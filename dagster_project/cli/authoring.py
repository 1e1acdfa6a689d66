"""Commands that help to write a portfolio and its definitions: unlinked, generate, fingerprint, staging."""

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
            help="Begin with the rows of this outcome_links file, to replace it.",
        ),
    ] = None,
) -> None:
    """Deliverables linked to no outcome, as CSV: fill in key_result_id, and it is the feed outcome_links.

    Delivered and open ones, not cancelled ones. Rows left blank are set aside when it lands, and may stay.

    Example: outcomes unlinked > links.csv

    Example: outcomes unlinked --with mine/feeds/outcome_links.csv > links.csv
    """
    from serving import unlinked as export
    from serving import versions

    space = open_space(portfolio)
    with explained():
        served = versions.served(space.home)
        if served is None:
            raise PortfolioError(f"{space.home}: nothing is published yet. What to do: outcomes refresh")
        table = export.unlinked(served)
        if links is not None:
            table = export.with_links(links, table)
    show_table(table, Format.csv)


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write; a generated one is replaced.")],
    scale: Annotated[
        float, typer.Option("--scale", help="How large: 1 has 40 initiatives and a million days of use.")
    ] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Another seed is another company.")] = 7,
    memory: Annotated[str, typer.Option("--memory", help="Memory to use; beyond it the plan spills to disk.")] = "8GB",
) -> None:
    """Write the portfolio of a made-up company, with the truth that was planted in it.

    The same scale and seed give the same files.

    Example: outcomes generate examples/acme --scale 0.05 --seed 7
    """
    from sources.generated import generate as write

    with explained():
        try:
            written = write(folder, scale, seed, memory_limit=memory)
        except ValueError as error:
            raise PortfolioError(f"{error}. What to do: name a scale such as 0.05, 1 or 10") from error
    out.print(f"{written.folder}: {sum(written.rows.values()):,} rows in {len(written.days)} folders, all made up")
    out.print(f"Refresh:   outcomes refresh --portfolio {written.folder}")


@app.command("fingerprint")
def fingerprint_metrics(
    same_meaning: Annotated[
        list[str] | None,
        typer.Option("--same-meaning", metavar="METRIC", help="It changed, and means what it meant. Repeatable."),
    ] = None,
) -> None:
    """Write expectations/metrics.lock after a metric came, went, or was meant to change.

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
    """Write the staging models, their tests and the list of feeds from the feeds' contracts, after one was changed.

    Example: outcomes staging
    """
    from dagster_project import staging

    changed = staging.write()
    out.print("\n".join(str(path) for path in changed) if changed else "Every staging model is as its contract says.")
