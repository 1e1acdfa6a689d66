"""Setting aside what is damaged beside the versions: loads, which the next refresh lands again from their source's
files or its last pulls, and check records of earlier refreshes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_project.home import locked
from dagster_project.landing import land_sources
from dagster_project.settings import Workspace
from serving.versions import DAMAGED
from sources import loads, seals
from sources.common.limits import Limits
from sources.config import FileSource
from sources.connectors import Declared
from sources.keys import pseudonym_key


@dataclass(frozen=True)
class Repaired:
    """A damaged load: what was done about it, and whether anything could be."""

    said: str
    is_done: bool


def damaged_records(home: Path, limits: Limits) -> list[Path]:
    """The files of check records that can't be read."""
    damaged: list[Path] = []
    with duckdb.connect(config=limits.config()) as connection:
        for path in sorted((home / "audit").glob("refresh=*.parquet")):
            try:
                connection.execute("select bit_xor(hash(records)) from read_parquet(?) as records", [str(path)])
            except duckdb.Error:
                damaged.append(path)
    return damaged


def repair_records(space: Workspace, damaged: Collection[Path]) -> list[str]:
    """Set these files of check records aside; what was done. Raises BusyError, OSError."""
    with locked(space):
        return [set_aside(space.home, path) for path in damaged]


def set_aside(home: Path, path: Path) -> str:
    """Move a file or folder of a home to its folder `damaged`; what was done. Raises OSError."""
    shown = path.relative_to(home)
    aside = home / DAMAGED / shown
    aside.parent.mkdir(parents=True, exist_ok=True)
    path.rename(aside)
    return f"{shown} was moved to {aside}."


def damaged_loads(home: Path) -> list[seals.Damage]:
    """All damage of the landed loads."""
    return list(seals.in_folders(loads.folders(home)))


def repair_loads(space: Workspace, damage: Collection[seals.Damage]) -> list[Repaired]:
    """Move each damaged load that its source gives again to the folder `damaged` of the home.

    Raises BusyError, LandingError, OSError.
    """
    sources = {source.name: source for source in space.portfolio.sources}
    unreadable = {one.folder for one in damage if one.path.name == seals.RECORD}
    done: list[Repaired] = []
    with locked(space):
        # first those whose record can't be read, as nothing lands beside them
        for folder in sorted(unreadable):
            done.append(_repaired(space, folder, gives_it=_gives_again(folder, sources)))
        others = sorted({one.folder for one in damage} - unreadable)
        given = _given_now(space, sources) if others else set[Path]()
        done += [_repaired(space, folder, gives_it=folder in given) for folder in others]
    return done


def _gives_again(folder: Path, sources: dict[str, Declared]) -> bool:
    """Whether a source lands a load again of which nobody can read what it was: the state that it shows now."""
    source = sources.get(folder.parent.name.removeprefix("source="))
    if not isinstance(source, FileSource):
        return False
    if source.history:
        return True  # its dated folder has no load then
    is_newest = folder == max(folder.parent.glob("load=*"))
    return is_newest and source.kind_of(folder.parents[1].name) == "snapshot"


def _given_now(space: Workspace, sources: dict[str, Declared]) -> set[Path]:
    """The loads that the sources' files and pulls would make again, were they not there."""
    key = pseudonym_key(space.home, space.key)
    found, _ = land_sources(space, sources.values(), key, datetime.now(UTC), lands=False)
    same = {
        loads.load_folder(space.home, one.feed, one.source, one.load_id) for one in found if one.outcome == "unchanged"
    }
    # the newest snapshot is replaced by what its source shows now
    newest = (
        loads.latest(loads.of_source(space.home, one.source)).get(one.feed)
        for one in found
        if one.outcome == "changed" and isinstance(sources[one.source], FileSource)
    )
    return same | {
        loads.load_folder(space.home, load["feed"], load["source"], load["load_id"])
        for load in newest
        if load is not None and load["kind"] == "snapshot"
    }


def _repaired(space: Workspace, folder: Path, *, gives_it: bool) -> Repaired:
    shown = folder.relative_to(space.home)
    if not gives_it:
        return Repaired(
            f"{shown}: its source no longer gives what it held. To fix: put it back from a backup; to go on without "
            "it, which loses what only it held, move the folder elsewhere.",
            is_done=False,
        )
    return Repaired(f"{set_aside(space.home, folder)} To land it again: outcomes refresh", is_done=True)
