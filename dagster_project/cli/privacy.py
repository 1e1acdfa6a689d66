"""Commands about people's data: forget."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from dagster_project.cli.common import (
    PortfolioOption,
    app,
    err,
    explained,
    mirror_warning,
    open_space,
    out,
)
from dagster_project.settings import PortfolioError

if TYPE_CHECKING:
    from dagster_project.forgetting import Forgotten, Sight
    from sources.searching import Place

SHOWN = 40  # rows of a table; the rest are counted


@app.command()
def forget(
    subjects: Annotated[
        list[str],
        typer.Argument(
            metavar="SUBJECT...",
            help="Ids, e-mails and names of one person, as the sources spell them; - reads lines from stdin.",
        ),
    ],
    portfolio: PortfolioOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show where the person is named; change nothing.")] = False,
) -> None:
    """Remove one person from the warehouse, and prove it.

    It rewrites their loads, rejected rows and check records, builds and publishes without them, removes the versions
    that name them, and keeps them out if a source's files still name them. The proof is a search of every file. The
    rows stay under replacement pseudonyms, so figures don't change. Your own files are listed, never changed. If the
    command is interrupted, run it again.

    Example: outcomes forget ann.smith ann.smith@example.org --dry-run

    Example: outcomes forget - < who.txt
    """
    from dagster_project import forgetting
    from sources.forgotten import is_searched

    space = open_space(portfolio)
    with explained():
        given = sys.stdin.read().splitlines() if subjects == ["-"] else subjects
        ids = sorted({subject.strip() for subject in given} - {""})
        if not ids:
            raise PortfolioError("no person was named. To fix: outcomes forget ID [E-MAIL …]")
        with forgetting.alone(space):
            sight = forgetting.look(space, ids)
            _show("The warehouse names them here:", _in_short([*sight.home.places, *sight.home.unread]))
            for subject in (subject for subject in sight.ids if not is_searched(subject)):
                out.print(f"{subject} is too short, or a number, so it was searched for as an id only, not in texts.")
            if sight.known is None and sight.is_clean:
                out.print(f"Searched {sight.home.files:,} files below {space.home}: none names them. Nothing to do.")
                _tell_files(sight)
                return
            if dry_run:
                out.print("Nothing was changed: this was a dry run.")
                _tell_files(sight)
                return
            done = forgetting.forget(space, sight, verbose=sys.stderr.isatty())
            _report(space.home, sight, done)


def _report(home: Path, sight: "Sight", done: "Forgotten") -> None:
    """Report what was done, and whether the person is gone. Raises typer.Exit(1) if that isn't proven."""
    from serving.words import plural

    rows = sum(one.rows for one in done.rewritten)
    out.print(f"Rewrote {plural(len(done.rewritten), 'file')}: {plural(rows, 'row')} named them.")
    for one in done.rewritten:
        out.print(f"  {one.path}: {plural(one.rows, 'row')}")
    if done.pulls:
        out.print(f"Removed {plural(done.pulls, 'kept pull')}: the next refresh fetches everything again.")
    if done.published:
        out.print(f"Published version {done.published} without them.")
    for line in done.figures:
        out.print(line)
    if done.removed:
        out.print(f"Removed {plural(len(done.removed), 'version')} that named them: {', '.join(done.removed)}.")
    _tell_files(sight)
    mirror_warning(done.mirrored)
    if done.problem:
        err.print(f"outcomes: nothing could be published: {done.problem}", style="red")
    if sight.other_key:
        err.print(
            f"outcomes: these loads were made with another key, so they can't be searched: "
            f"{'; '.join(sight.other_key)}. To fix: forget them with that key.",
            style="red",
        )
    left = [*done.after.places, *done.after.unread]
    if left or sight.other_key:
        _show("Still named, or unreadable:", left)
        err.print(
            "outcomes: not proven. To fix: remove or repair what is listed above, and run this again.", style="red"
        )
        raise typer.Exit(1)
    out.print(f"Proven: searched {done.after.files:,} files below {home}; none names them, nor their pseudonyms.")


def _tell_files(sight: "Sight") -> None:
    """Name the portfolio's files that name the person."""
    if not sight.files.places:
        return
    _show("Your own files name them and were not changed:", [*sight.files.places, *sight.files.unread])
    if sight.known is None and not sight.home.places:
        out.print("If a mapping changes an id, name it as the mapping returns it.")
    else:
        out.print("What lands from them comes without the person; take them out at the source all the same.")


def _in_short(places: "Sequence[Place]") -> "list[Place]":
    """One line per feed, version or database, however many of its files and tables name them."""
    from serving.words import plural
    from sources.searching import Place

    found: dict[str, list[str]] = {}
    for place in places:
        found.setdefault("/".join(place.path.split("/")[:2]), []).append(place.what)
    return [
        Place(path, what[0] + (f", and {plural(len(what) - 1, 'more place')}" if len(what) > 1 else ""))
        for path, what in found.items()
    ]


def _show(title: str, places: "Sequence[Place]") -> None:
    if not places:
        return
    out.print(title)
    table = Table("file", "where", box=SIMPLE)
    for place in places[:SHOWN]:
        table.add_row(place.path, place.what)
    out.print(table)
    if len(places) > SHOWN:
        out.print(f"and {len(places) - SHOWN:,} more")
