"""Starting a portfolio: init."""

import json
import re
import shlex
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
    from sources.drafting.drafts import Draft
    from sources.drafting.fits import Fit
    from sources.drafting.profiles import Column, Profile
    from sources.errors import LandingError

PROPOSED = 3  # feeds that are named for a file
MOST_DIFFERING = 3  # columns by which two files differ that are named
SUGGESTED = 4  # feeds that are named where no metric has all of its own


@app.command()
def init(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="The portfolio's folder; it is created.")] = None,
    # what a shell makes of `--from data/*.csv`
    more: Annotated[list[Path] | None, typer.Argument(metavar="FILE", hidden=True)] = None,
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
        typer.Option("--from", metavar="FILE…", help="Copy files in, profile them, and draft a mapping."),
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
    from sources.drafting.ready import example_files, examples

    files = [*(files or []), *(more or [])]
    unread, drafted_feeds = set[str](), list[str]()
    if example == "list":
        show_rows(("example", "export"), list(examples().items()))
        return
    folder = _named(folder)
    with explained():
        if example:
            example_files(example)  # an unknown one writes nothing
        if feed is not None:
            hold_feed(feed)
        if missing := [file for file in files if not file.is_file()]:
            raise PortfolioError(f"{missing[0]}: there is no such file. To fix: name an existing one.")
        path = folder / "portfolio.yml"
        if not path.exists():
            text = _declaration(folder, title, currency, zone, month)
            (folder / "data").mkdir(parents=True, exist_ok=True)
            (folder / "feeds").mkdir(exist_ok=True)
            _write(path, text)
        portfolio = read_portfolio(folder)
        copied = [file.name for file in files if _copy(file, folder / "data" / file.name)]
        found = list["Profile | LandingError"]()
        if files:
            found, portfolio = _profiled(folder, {file.name for file in files}, portfolio)
        if example:
            _write_example(folder, example, [p for p in found if not isinstance(p, Exception)])
        if files:
            unread, drafted_feeds = _draft(folder, found, portfolio, feed, example)
        for name in unread.intersection(copied):  # so that the command can be repeated with the file as it should be
            (folder / "data" / name).unlink()
    there = sorted({p.name.split(".")[0] for p in (folder / "feeds").glob("*")}) if (folder / "feeds").is_dir() else []
    if feeds := drafted_feeds or there:
        out.print(f"Next: `outcomes feed {feeds[0]}` shows what a mapping gives; then `outcomes refresh`.")
    else:
        out.print(
            f"Next: `outcomes init {folder} --from FILE` drafts mappings from your files; --example list: exports."
        )
    if unread:
        raise typer.Exit(1)


def _named(folder: Path | None) -> Path:
    if folder is None:
        raise typer.BadParameter("name the portfolio's folder, as in `outcomes init mine`.", param_hint="DIR")
    given(folder)
    return folder


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
    taken = {"title": title, "time_zone": zone, "fiscal_year_start_month": month}
    if assumed := [f"{key}: {declared[key]}" for key, given_value in taken.items() if given_value is None and not asks]:
        out.print(f"Taken without asking: {', '.join(assumed)}. To change: {folder / 'portfolio.yml'}.")
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


def _write(path: Path, text: str) -> bool:
    """Write a file, unless it exists; whether it was written."""
    if path.exists():
        out.print(f"{path} exists, and stays as it is. To draft it again, remove it first.")
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    out.print(f"Wrote {path}")
    return True


def _write_example(folder: Path, example: str, profiles: "list[Profile]") -> None:
    """Write the mappings of an example, of the given files that are such an export."""
    from sources.drafting.ready import example_files, known_export

    fitting = (p for p in profiles if (known := known_export(p)) is not None and known.example == example)
    for name, text in example_files(example, next(fitting, None)).items():
        _write(folder / name, text)
    out.print(f"What it expects and what to check: {folder / 'docs' / example}.md")


def _draft(
    folder: Path, found: "list[Profile | LandingError]", portfolio: Portfolio, wanted: str | None, example: str | None
) -> tuple[set[str], list[str]]:
    """Show profiles of files, and write a draft of the feed that each fits best, or of the wanted one.

    Returns the files that can't be read, and the feeds that were drafted.
    """
    from sources.contracts import load_contracts
    from sources.drafting.drafts import draft
    from sources.drafting.fits import fit_of, fits

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
    drafts: list[Draft] = []
    # by feed, which of several files is drafted
    drafted = {fit.feed.name: profile for profile, fit in sorted(best_fit.items(), key=lambda pair: pair[1].columns)}
    for profile, fitting in proposed.items():
        _show_profile(profile)
        if not wanted and _has_example(folder, profile, fitting, example):
            continue
        _show_fits(profile, fitting, best_fit.get(profile), wanted)
        if (chosen := best_fit.get(profile)) is None:
            continue
        if (other := drafted[chosen.feed.name]) is not profile:
            _show_other(profile, other, chosen, best_fit[other])
            continue
        made = draft(profile, chosen, portfolio.reporting_currency, portfolio.time_zone, shlex.quote(str(folder)))
        if _write_draft(folder, made):
            drafts.append(made)
    if drafts:
        _show_metrics({path.name.split(".")[0] for path in (folder / "feeds").iterdir()}, drafts, read)
    return unread, [made.feed for made in drafts]


def _has_example(folder: Path, profile: "Profile", fitting: "list[Fit]", example: str | None) -> bool:
    """Say of a file that is an export with a ready mapping what to do; whether that goes before a draft."""
    from sources.drafting.ready import known_export

    known = known_export(profile)
    if known is None:
        return False
    if known.example == example:
        return True
    lacks = f" It reads columns that this file lacks: {', '.join(known.lacks)}." if known.lacks else ""
    files = " ".join(f"--from {shlex.quote(str(folder / 'data' / raw.path.name))}" for raw in profile.files)
    command = f"outcomes init {shlex.quote(str(folder))} {files} --example {known.example}"
    out.print(f"It has the columns of {known.title}. A ready mapping for it: `{command}`.{lacks}", soft_wrap=True)
    if known.is_near:
        feeds = f", such as `--feed {fitting[0].feed.name}`" if fitting else ""
        out.print(f"So nothing is drafted of it; `--feed` drafts a mapping from its columns{feeds}.")
    else:
        out.print("So a mapping is drafted from its columns; to take the ready one, remove the draft first.")
    return known.is_near


def _show_fits(profile: "Profile", fitting: "list[Fit]", chosen: "Fit | None", wanted: str | None) -> None:
    """The feeds that a file fits, or what to do where it fits none."""
    from sources.drafting.drafts import lists_advice

    if len(fitting) > 1 and not wanted:
        out.print(f"The best is drafted; `--feed {fitting[1].feed.name}` drafts another:")
    for fit in fitting[:PROPOSED]:
        pairs = ", ".join(f"{name} ← {visible(column.name)}" for name, column in fit.found.items())
        out.print(f"Fits {fit.feed.name}: {pairs}")
    if chosen is None:
        out.print(
            "It fits no feed by its column names. If the columns above are not those of its header, declare "
            "`files` in portfolio.yml (docs/portfolio.md) and repeat this command; else name the feed that it "
            "gives (docs/feeds.md lists them), as in `--feed survey_responses`, to have a mapping to fill in."
        )
    if advice := lists_advice(profile):
        out.print(visible(f"{advice}."))


def _show_other(profile: "Profile", other: "Profile", fit: "Fit", its: "Fit") -> None:
    """That a feed is drafted from other files, and which columns make the two differ."""
    names, others = ({column.name: None for column in p.columns} for p in (profile, other))
    here, there = ([" ".join(n.split()) for n in a if n not in b] for a, b in ((names, others), (others, names)))
    why = ", which has more of its columns" if its.columns > fit.columns else ""
    said = f"{fit.feed.name} is drafted from {other.shown}{why}."
    if 0 < max(len(here), len(there)) <= MOST_DIFFERING:
        said += f" Their columns differ: {'; '.join(here) or 'none'} here, {'; '.join(there) or 'none'} there."
        said += " To unite them: docs/feeds.md, editions of a file." if here and there else ""
    out.print(visible(said))


def _write_draft(folder: Path, made: "Draft") -> bool:
    """Write a draft, unless there is a mapping of the feed; whether it was written."""
    from serving.words import plural

    if not _write(folder / "feeds" / f"{made.feed}.sql", made.sql):
        return False
    if made.control is not None:
        _write(folder / "feeds" / f"{made.feed}.control.sql", made.control)
    out.print(f"{plural(made.doubts, 'line')} of it to check, marked `check:`")
    return True


def _show_metrics(feeds: set[str], drafts: "list[Draft]", profiles: "list[Profile]") -> None:
    """Which metrics have all their feeds; where none has, which one feed more would change that.

    A draft that gives nothing until a human fills it in counts as none.
    """
    from dagster_project.catalog import by_lack
    from sources.contracts import load_contracts
    from sources.drafting.fits import fit_of

    empty = {made.feed: made.to_fill_in for made in drafts if made.to_fill_in}
    for name, columns in empty.items():
        out.print(f"To fill in first, or {name} gives nothing: {', '.join(columns)}")
    lacking = by_lack(frozenset(feeds - set(empty)))
    if complete := lacking.get((), []):
        out.print(f"Metrics that have all their feeds: {' · '.join(metric.label for metric in complete)}")
        return
    if empty:
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
    from sources.drafting.profiles import profiles
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
            (" ".join([column.kind, *(column.mixed or column.formats[:1])])) + _unique(column),
            f"{column.nulls:,}",
            column.top[0][:20] if column.top else "",
        )
        for column in profile.columns
    ]
    show_rows(("column", "values", "empty", "such as"), rows)


def _unique(column: "Column") -> str:
    """Whether each row has a value of its own, among those of all files."""
    return "" if not column.is_key else ", unique in each file" if column.is_shared else ", unique"
