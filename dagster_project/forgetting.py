"""Forget one person, in an order that lets an interrupted command be run again at any point."""

import shutil
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dagster_project.execution import AS_OF, CHECK, execute
from dagster_project.home import locked
from dagster_project.settings import BusyError, PortfolioError, Workspace
from serving import differences, mirror, versions
from serving.erasing import erase
from serving.errors import ServingError
from sources import forgetting, forgotten, loads
from sources.changes import row_changes
from sources.fetching import pulls
from sources.identities import linked
from sources.keys import pseudonym_key
from sources.pseudonyms import key_print
from sources.searching import Place, Searched, search, spellings


@dataclass(frozen=True)
class Sight:
    """Where a person is named: in the warehouse and in the portfolio's files; and what can't be searched."""

    ids: tuple[str, ...]
    key: bytes
    traces: forgotten.Traces
    known: forgotten.Person | None
    home: Searched
    files: Searched
    other_key: tuple[str, ...]  # loads landed with another key, whose pseudonyms can't be computed

    @property
    def is_clean(self) -> bool:
        """Whether nothing in the warehouse names them; false if any file could not be read."""
        return not (self.home.places or self.home.unread or self.other_key)


@dataclass
class Forgotten:
    """What was done, and the result."""

    pulls: int = 0  # kept pulls that were removed
    rewritten: list[forgetting.Rewritten] = field(default_factory=list[forgetting.Rewritten])
    published: str | None = None
    problem: str | None = None  # why nothing could be published
    mirrored: mirror.Mirrored | None = None
    figures: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    after: Searched = field(default_factory=lambda: Searched(0, (), ()))


@contextmanager
def alone(space: Workspace) -> Generator[None]:
    """Hold every lock of a portfolio and of its separate homes. Raises BusyError, PortfolioError."""
    if not (space.home / "landing").is_dir():
        raise PortfolioError(f"{space.home}: nothing has landed yet, so there is nobody to forget.")
    with ExitStack() as held:
        held.enter_context(locked(space, notes_owner=False))  # a dry run changes nothing
        for name in (CHECK, AS_OF):
            if (space.home / name).is_dir():
                try:
                    held.enter_context(FileLock(space.home / name / ".lock", timeout=0))
                except Timeout as error:
                    raise BusyError(
                        f"{space.home / name}: another command is using it. To fix: wait for it to end."
                    ) from error
        yield


def look(space: Workspace, subjects: Sequence[str]) -> Sight:
    """Find a person by their ids, e-mails and names, as the sources spell them. Changes nothing.

    Raises LandingError where the key is not the one that the loads were landed with.
    """
    key = pseudonym_key(space.home, space.key)
    given = forgotten.sought(key, subjects)
    # sources may spell an e-mail with capitals that the caller doesn't know
    spelled = {*subjects, *spellings(space.folder, given, passing=space.home)}
    ids = tuple(sorted(linked(space.identities, spelled)))
    traces = forgotten.sought(key, ids)
    return Sight(
        ids=ids,
        key=key,
        traces=traces,
        known=forgotten.known(space.home, key, ids),
        home=search(space.home, traces),
        files=search(space.folder, traces, passing=space.home),
        other_key=tuple(
            f"{load['feed']} of {load['source']}, load {load['load_id']}"
            for load in loads.all_loads(space.home)
            if load["key"] != key_print(key)
        ),
    )


def forget(space: Workspace, sight: Sight, *, verbose: bool) -> Forgotten:
    """Take a person out of the warehouse, with every lock held. Raises ServingError, OSError, duckdb.Error.

    First the list, so that later loads are clean; then the landed loads; then a version built from them; then whatever
    still names the person is removed. Each step skips what is clean, so the next call continues after an interruption.
    """
    home, now, done = space.home, datetime.now(UTC), Forgotten()
    person = forgotten.remember(home, sight.key, sight.ids, now)
    traces = forgotten.traces_of(person, sight.key, sight.ids)
    shutil.rmtree(home / "tmp", ignore_errors=True)
    done.rewritten += forgetting.rewrite_loads(home, traces, now)
    for folder in ("quarantine", "audit"):
        done.rewritten += forgetting.rewrite_tables(home, home / folder, traces)
    # whatever of them is in a pull: it has landed, and ids that are numbers can't be searched for in it
    done.pulls = pulls.remove_all(home)
    before = versions.served_if_whole(home)
    run = execute("refresh", space, full=True, home=None, verbose=verbose, lands=False)
    if run.outcome == "published" and run.version is not None:
        done.published, done.mirrored = run.version.version, run.mirrored
        done.figures = _figures(space, before, run.version)
    else:
        done.problem = " ".join(run.failures) or "the audit did not pass"
    done.removed = erase(home, versions_in(sight.home.places), keep=done.published)
    _empty_aside(home)
    done.after = search(home, sight.traces)
    return done


def versions_in(places: Sequence[Place]) -> set[str]:
    """The published versions among places."""
    parts = [Path(place.path).parts for place in places]
    return {part[1] for part in parts if part[0] == versions.SERVE and len(part) > 2 and not part[1].startswith(".")}


def _empty_aside(home: Path) -> None:
    """Empty the separate homes: they can be rebuilt, and their loads are hard links to the old files."""
    for name in (CHECK, AS_OF):
        for path in (home / name).iterdir() if (home / name).is_dir() else ():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != ".lock":
                path.unlink()
    shutil.rmtree(home / "tmp", ignore_errors=True)


def _figures(space: Workspace, before: versions.Version | None, after: versions.Version) -> list[str]:
    """How the published figures differ from before, as text."""
    if before is None:
        return []
    try:
        listed = [version.manifest.get("loads", []) for version in (before, after)]
        changes = row_changes(space.home, listed[0], listed[1], space.portfolio.time_zone)
        found = differences.compare(before, after, changes.rows)
    except ServingError as error:
        return [f"The figures can't be compared with those before: {error}"]
    if not found.figures.rows:
        return [f"No published figure changed: {found.unchanged:,} are what they were."]
    return differences.summary(found, before, after)
