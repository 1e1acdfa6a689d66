"""Starting a portfolio: init."""

import json
import re
import shutil
import sys
from filecmp import cmp
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml

from dagster_project.cli.common import app, err, explained, given, hold_feed, out, show_rows, visible
from dagster_project.settings import Portfolio, PortfolioError, parse_portfolio, read_portfolio

if TYPE_CHECKING:
    from sources.drafting import Profile
    from sources.errors import LandingError

PROPOSED = 3  # feeds that are named for a file
SUGGESTED = 4  # feeds that are named where no metric has all of its own


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The portfolio's folder; it is created.")],
    title: Annotated[str | None, typer.Option("--title", help="Name shown to people; default: asked.")] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Reporting currency, such as EUR; default: asked.")
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option("--time-zone", metavar="ZONE", help="IANA zone, such as Europe/Berlin; default: asked."),
    ] = None,
    month: Annotated[
        int | None,
        typer.Option("--fiscal-year-start", metavar="MONTH", help="Its first month, 1 to 12; default: asked."),
    ] = None,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--from", metavar="FILE", help="Copy a file in, profile it, and draft a mapping. Repeat for more."
        ),
    ] = None,
    feed: Annotated[
        str | None,
        typer.Option("--feed", metavar="FEED", help="Draft this feed from the files; default: that which fits best."),
    ] = None,
    example: Annotated[
        str | None,
        typer.Option("--example", metavar="NAME", help="Add ready mappings for an export; `list` shows which."),
    ] = None,
) -> None:
    """Start a portfolio, and draft its mappings.

    What isn't given is asked for. An existing portfolio is kept: only files that it lacks are added.

    Example: outcomes init mine --currency EUR --from issues.csv

    Example: outcomes init mine --example jira-csv
    """
    from sources.drafting import example_files, examples

    unread, drafted_feeds = set[str](), list[str]()
    given(folder)
    if example == "list":
        show_rows(("example", "export"), list(examples().items()))
        return
    with explained():
        drafted = example_files(example) if example else {}
        if feed is not None:
            hold_feed(feed)
        if missing := [file for file in files or [] if not file.is_file()]:
            raise PortfolioError(f"{missing[0]}: there is no such file. To fix: name an existing one.")
        path = folder / "portfolio.yml"
        if not path.exists():
            text = _declaration(folder, title, currency, zone, month)
            (folder / "data").mkdir(parents=True, exist_ok=True)
            (folder / "feeds").mkdir(exist_ok=True)
            _write(path, text)
        portfolio = read_portfolio(folder)
        copied = [file.name for file in files or [] if _copy(file, folder / "data" / file.name)]
        for name, text in drafted.items():
            _write(folder / name, text)
        if example:
            out.print(f"What it expects and what to check: {folder / 'docs' / example}.md")
        if files:
            unread, drafted_feeds = _draft(folder, {file.name for file in files}, portfolio, feed)
        for name in unread.intersection(copied):  # so that the command can be repeated with the file as it should be
            (folder / "data" / name).unlink()
    found = sorted({p.name.split(".")[0] for p in (folder / "feeds").glob("*")}) if (folder / "feeds").is_dir() else []
    if feeds := drafted_feeds or found:
        out.print(f"Next: `outcomes feed {feeds[0]}` shows what a mapping gives; then `outcomes refresh`.")
    else:
        out.print(
            f"Next: `outcomes init {folder} --from FILE` drafts mappings from your files; --example list: exports."
        )
    if unread:
        raise typer.Exit(1)


def _declaration(folder: Path, title: str | None, currency: str | None, zone: str | None, month: int | None) -> str:
    """The text of portfolio.yml, from flags, answers and defaults. Raises PortfolioError for a value that is wrong."""
    asks = sys.stdin.isatty()
    name = re.sub(r"[^a-z0-9_-]+", "-", folder.resolve().name.lower()).strip("-_") or "portfolio"
    if currency is None and not asks:
        raise PortfolioError("the reporting currency is needed. To fix: name it with --currency, such as EUR.")
    declared = {
        "name": name,
        "title": title or (typer.prompt("Title", default=folder.resolve().name) if asks else folder.resolve().name),
        "reporting_currency": currency or typer.prompt("Reporting currency (ISO 4217)", default="EUR"),
        "time_zone": zone or (typer.prompt("Time zone (IANA)", default="UTC") if asks else "UTC"),
        "fiscal_year_start_month": month
        or (typer.prompt("First month of the fiscal year", default=1, type=int) if asks else 1),
    }
    parse_portfolio(declared, folder / "portfolio.yml")
    return "# Every key: docs/portfolio.md\n" + yaml.safe_dump(declared, sort_keys=False, allow_unicode=True)


def _copy(file: Path, target: Path) -> bool:
    """Copy a file in, unless it is there; whether it was. Raises PortfolioError where another one is."""
    if target.exists() and not cmp(target, file, shallow=False):
        raise PortfolioError(f"{target} exists. To fix: rename one of the two.")
    if target.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, target)
    return True


def _write(path: Path, text: str) -> None:
    """Write a file, unless it exists."""
    if path.exists():
        out.print(f"{path} exists, and stays as it is.")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    out.print(f"Wrote {path}")


def _draft(folder: Path, names: set[str], portfolio: Portfolio, wanted: str | None) -> tuple[set[str], list[str]]:
    """Profile files, and write a draft of the feed that each fits best, or of the wanted one.

    Returns the files that can't be read, and the feeds that were drafted.
    """
    from serving.words import plural
    from sources.contracts import load_contracts
    from sources.drafting import draft, fit_of, fits

    feeds: list[str] = []
    found, portfolio = _profiled(folder, names, portfolio)
    read = [profile for profile in found if not isinstance(profile, Exception)]
    partly = {raw.path.name for profile in read for raw in profile.files}  # a workbook of which a sheet is empty, say
    unread = set[str]()
    for error in found:
        if isinstance(error, Exception):
            name = str(error.where).rpartition("/")[2].partition("#")[0]
            err.print(f"outcomes: {error}", style="yellow" if name in partly else "red")
            unread |= {name} - partly
    proposed = {profile: fits(profile) for profile in read}
    best_fit = (
        {profile: fit_of(profile, load_contracts()[wanted]) for profile in read}
        if wanted
        else {profile: fitting[0] for profile, fitting in proposed.items() if fitting}
    )
    # by feed, which of several files is drafted
    drafted = {fit.feed.name: profile for profile, fit in sorted(best_fit.items(), key=lambda pair: pair[1].columns)}
    for profile, fitting in proposed.items():
        _show_profile(profile)
        if len(fitting) > 1 and not wanted:
            out.print(f"The best is drafted; `--feed {fitting[1].feed.name}` drafts another:")
        for fit in fitting[:PROPOSED]:
            pairs = ", ".join(f"{name} ← {visible(column.name)}" for name, column in fit.found.items())
            out.print(f"Fits {fit.feed.name}: {pairs}")
        if profile not in best_fit:
            out.print(
                "It fits no feed by its column names. If the columns above are not those of its header, declare "
                "`files` in portfolio.yml (docs/portfolio.md) and repeat this command; else name the feed that it "
                "gives (docs/feeds.md lists them), as in `--feed survey_responses`, to have a mapping to fill in."
            )
            continue
        chosen = best_fit[profile]
        if (other := drafted[chosen.feed.name]) is not profile:
            out.print(f"{chosen.feed.name} is drafted from {visible(other.shown)}, which has more of its columns.")
            continue
        made = draft(profile, chosen, portfolio.reporting_currency, portfolio.time_zone)
        _write(folder / "feeds" / f"{made.feed}.sql", made.sql)
        if made.control is not None:
            _write(folder / "feeds" / f"{made.feed}.control.sql", made.control)
        feeds.append(made.feed)
        out.print(f"{plural(made.doubts, 'line')} of it to check, marked `check:`")
    if feeds:
        _show_metrics({path.name.split(".")[0] for path in (folder / "feeds").iterdir()}, read)
    return unread, feeds


def _show_metrics(feeds: set[str], profiles: "list[Profile]") -> None:
    """Which metrics have all their feeds; where none has, which one feed more would change that."""
    from dagster_project.catalog import by_lack
    from sources.contracts import load_contracts
    from sources.drafting import fit_of

    lacking = by_lack(frozenset(feeds))
    if complete := lacking.get((), []):
        out.print(f"Metrics that have all their feeds: {' · '.join(metric.label for metric in complete)}")
        return
    metrics = {lack[0]: found for lack, found in lacking.items() if len(lack) == 1}
    columns = {feed: max(fit_of(profile, load_contracts()[feed]).columns for profile in profiles) for feed in metrics}

    def order(feed: str) -> tuple[bool, int, int]:
        """First what goes with a feed that is there, then what the files have most columns of."""
        goes_with = any(feeds & set(metric.lacks(frozenset())) for metric in metrics[feed])
        return not goes_with, -columns[feed], -len(metrics[feed])

    most = sorted(metrics, key=order)[:SUGGESTED]
    out.print(
        f"No metric comes from {', '.join(sorted(feeds))} alone. It takes one more of "
        f"{', '.join(f'{feed} ({len(metrics[feed])})' for feed in most)}; --feed drafts it, also from the same file."
    )


def _profiled(folder: Path, names: set[str], portfolio: Portfolio) -> "tuple[list[Profile | LandingError], Portfolio]":
    """The profiles of files, and the portfolio in which their most likely settings are declared, to be checked, where
    they may be written in several ways."""
    from sources.drafting import profiles
    from sources.errors import UndeclaredError

    found = list(profiles(folder, names, portfolio.files))
    unclear = [error for error in found if isinstance(error, UndeclaredError)]
    if not unclear or portfolio.files:  # what is declared already is for a human to complete
        return found, portfolio
    lines = ["", "files:"]
    for error in unclear:
        out.print(f"{visible(str(error.where))}: {visible(error.what)} Declared in portfolio.yml, to be checked.")
        setting = yaml.safe_dump(error.setting, default_flow_style=True, width=1000).strip()
        name = json.dumps(error.where.rpartition("/")[2], ensure_ascii=False)
        lines += [f"  # check: {visible(error.what)}", f"  {name}: {setting}"]
    path = folder / "portfolio.yml"
    path.write_text(path.read_text(encoding="utf-8-sig").rstrip() + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    portfolio = read_portfolio(folder)
    return list(profiles(folder, names, portfolio.files)), portfolio


def _show_profile(profile: "Profile") -> None:
    out.print(f"{visible(profile.shown)} ({profile.words}): {profile.rows:,} rows looked at")
    rows = [
        (
            column.name,
            (" ".join([column.kind, *column.formats[:1]])) + (", unique" if column.is_key else ""),
            f"{column.nulls:,}",
            column.top[0][:20] if column.top else "",
        )
        for column in profile.columns
    ]
    show_rows(("column", "values", "empty", "such as"), rows)
