"""Commands on feeds, before anything is built: feed, land, doctor."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.common import (
    PortfolioOption,
    app,
    err,
    explained,
    given,
    hold_feed,
    open_space,
    out,
    show_rows,
    visible,
)
from dagster_project.settings import PortfolioError, Workspace

if TYPE_CHECKING:
    from sources.checks import Rejects
    from sources.connectors import Declared
    from sources.preview import Preview

SourceOption = Annotated[
    str | None, typer.Option("--source", metavar="SOURCE", help="Only this source; default: every one.")
]


@app.command()
def feed(
    name: Annotated[str, typer.Argument(metavar="FEED", help="A feed, such as work_items.")],
    portfolio: PortfolioOption = None,
    rows: Annotated[int, typer.Option("--rows", min=0, help="First rows to show.")] = 3,
    source: SourceOption = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again whenever a file is saved.")] = False,
    columns: Annotated[bool, typer.Option("--columns", help="List the feed's columns instead.")] = False,
) -> None:
    """Show what a feed's mapping gives now; nothing is landed.

    Counts, rejected and excluded rows with their reasons, control totals, the first rows, and the metrics that read the
    feed. It exits with 1 if the feed would not land.

    Example: outcomes feed work_items --portfolio mine

    Example: outcomes feed ledger_entries --rows 20 --watch

    Example: outcomes feed benefits --columns
    """
    if columns:
        _show_columns(name)
        return
    space = open_space(portfolio, is_trial=True)
    if watch:
        _watch(space.folder, lambda: _show_feed(open_space(portfolio, is_trial=True), name, source, rows))
    elif not _show_feed(space, name, source, rows):
        raise typer.Exit(1)


@app.command()
def land(portfolio: PortfolioOption = None, source: SourceOption = None) -> None:
    """Land the sources' files, and build nothing.

    What landed is used by the next `outcomes refresh`. It exits with 1 if a source could not be landed.

    Example: outcomes land --portfolio mine
    """
    from dagster_project.home import locked
    from dagster_project.landing import land_sources, notes
    from sources.keys import pseudonym_key

    space = open_space(portfolio)
    with explained():
        sources = _sources(space, source)
        with locked(space):
            landed, failures = land_sources(space, sources, pseudonym_key(space.home, space.key), datetime.now(UTC))
    names = ("landed_rows", "quarantined_rows", "excluded_rows")
    shown = [(r.source, r.feed, r.outcome, *(f"{r.counts[n]:,}" for n in names)) for r in landed]
    if shown:
        show_rows(("source", "feed", "result", "rows", "rejected", "excluded"), shown)
    for failure in failures.values():
        err.print(f"outcomes: {failure}", style="red")
    for note in notes(landed, space.portfolio.sources):
        err.print(f"outcomes: {visible(note)}", style="yellow")
    out.print(f"Landed in {space.home}. To build and publish: outcomes refresh" if shown else "Nothing landed.")
    if failures:
        raise typer.Exit(1)


def _sources(space: Workspace, wanted: str | None) -> "tuple[Declared, ...]":
    """The portfolio's sources, or the one that is wanted. Raises PortfolioError."""
    sources = space.portfolio.sources
    found = tuple(source for source in sources if wanted in (None, source.name))
    if not found:
        raise PortfolioError(
            f"there is no source {wanted}. To fix: name one of {', '.join(source.name for source in sources)}."
        )
    return found


def _show_columns(name: str) -> None:
    """List what a feed's contract says of its columns: no portfolio is needed."""
    from sources.contracts import load_contracts

    with explained():
        hold_feed(name)
    contract = load_contracts()[name]
    out.print(contract.description)
    for column in contract.columns:
        needed = ", key" if column.key else ", required" if column.required else ""
        one_of = f"; one of {', '.join(column.values)}" if column.values else ""
        out.print(f"  {column.given_as} ({column.type}{needed}): {column.description}{one_of}")
    for rule in contract.rules:
        out.print(f"Rule: {rule.message}.")


def _watch(folder: Path, show: Callable[[], object]) -> None:
    """Show once, and again after each change below a folder, until Ctrl-C."""
    from watchfiles import watch

    def once() -> None:
        with suppress(typer.Exit):  # the message is enough: the next save may correct it
            show()
        out.print(f"{datetime.now().astimezone():%H:%M:%S} Watching {folder}; Ctrl-C ends it.")

    once()
    with suppress(KeyboardInterrupt):
        for _ in watch(folder):
            out.rule()
            once()


def _show_feed(space: Workspace, name: str, wanted: str | None, rows: int) -> bool:
    """Print what each source's mapping of a feed gives; whether all would land."""
    from dagster_project.catalog import feeds_of, files_to_map
    from sources.preview import preview

    with explained():
        hold_feed(name)
        sources = _sources(space, wanted)
        giving = [source for source in sources if name in feeds_of(space, source)] or list(sources[:1])
        files = [files_to_map(space, source) for source in giving]
        rules = space.landing_rules()
        found = [preview(space.folder, source, name, rules, rows, space.limits) for source in files]
    for shown in found:
        _show_preview(name, shown)
    _show_metrics(space, name, sum(shown.counts["landed_rows"] for shown in found))
    return not any(shown.problems for shown in found)


def _show_preview(name: str, shown: "Preview") -> None:
    from serving.words import plural
    from sources.reader import USUAL

    counts = shown.counts
    files = ", ".join(visible(file) + ("" if words in USUAL else f" ({words})") for file, words in shown.files.items())
    out.print(f"{name} of source {shown.source}: {shown.mapping} reads {files}")
    copies = f" ({plural(counts['identical_copies'], 'identical copy')})" if counts["identical_copies"] else ""
    rejected, excluded = (
        f"{counts[name]:,} {'is' if counts[name] == 1 else 'are'}" for name in ("quarantined_rows", "excluded_rows")
    )
    out.print(
        f"{plural(counts['records'], 'record')}: {plural(counts['landed_rows'], 'row')} would land, "
        f"{rejected} rejected, {excluded} excluded{copies}."
    )
    _show_groups("Rejected", shown.rejects)
    _show_groups("Landed with a warning", shown.warnings)
    if shown.excluded:
        out.print("Excluded:")
        for reason, rows in sorted(shown.excluded.items(), key=lambda item: -item[1]):
            out.print(f"  {plural(rows, 'row')}: {visible(reason)}")
    differing = [total for total in shown.totals if total.found != total.expected]
    if shown.totals:
        said = "equal" if not differing else f"{len(differing):,} not equal"
        out.print(f"{plural(len(shown.totals), 'control total')}, {said}" + (":" if differing else "."))
    for total in differing:
        out.print(
            f"  {visible(total.measure)}: {_number(total.expected)} in the files, {_number(total.found)} in the feed"
        )
    if shown.unfilled and counts["landed_rows"]:
        out.print(f"Without a value in any row: {', '.join(shown.unfilled)}")
    if shown.extra:
        out.print(f"Not in the contract, kept in _extra: {', '.join(map(visible, shown.extra))}")
    if shown.ends:
        out.print(f"Note: {shown.ends}.", style="yellow")
    if shown.rows:
        out.print("First rows:")
        show_rows(shown.columns, shown.rows)
    for problem in shown.problems:
        err.print(f"It would not land: {visible(problem)}.".replace("..", "."), style="red")


def _number(value: Decimal | None) -> str:
    return "nothing" if value is None else f"{value.normalize():f}"


def _show_groups(title: str, groups: "list[Rejects]") -> None:
    if groups:
        out.print(f"{title}:")
    for group in groups:
        out.print(f"  {visible(group)}")


def _show_metrics(space: Workspace, name: str, landed: int) -> None:
    """Which metrics read the feed, by what they still lack."""
    from dagster_project.catalog import by_lack, feeds_given

    there = feeds_given(space) - (frozenset() if landed else {name})
    found = by_lack(there, reads=name)
    if not found:
        out.print(f"No metric counts {name} themselves: they group what other feeds give.")
    for lack, metrics in found.items():
        said = f"Not measured (no data in {', '.join(lack)})" if lack else "Metrics that have all their feeds"
        out.print(f"{said}: {' · '.join(metric.label for metric in metrics)}")


@app.command()
def doctor(portfolio: PortfolioOption = None) -> None:
    """Check installation, portfolio, sources and metrics.

    One line each: `ok`, `note` (worth knowing) or `WRONG`. It leaves nothing behind, and exits with 1 if something is
    wrong; with 2 if it is `portfolio.yml`, as every command does.

    Example: outcomes doctor --portfolio mine
    """
    from dagster_project.doctor import findings

    given(portfolio)
    wrong: list[str] = []
    with explained():
        for found in findings(portfolio):
            wrong += [found.about] if found.state == "wrong" else []
            fix = f" To fix: {found.fix}" if found.state == "wrong" and found.fix else ""
            hint = f" Next: {found.fix}" if found.state == "note" and found.fix else ""
            word = "WRONG" if found.state == "wrong" else found.state
            style = {"wrong": "red", "note": "yellow"}.get(found.state)
            said = visible(found.what).rstrip(".")
            out.print(f"{word:<5}  {found.about}: {said}.{fix}{hint}", style=style, soft_wrap=True)
    if wrong:
        raise typer.Exit(2 if "portfolio" in wrong else 1)
