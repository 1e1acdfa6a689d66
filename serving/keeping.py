"""Retention: which versions are kept, by number, age and pins; and removing one by name.

Pinned names are kept in `<home>/serve/pins.json`, a JSON list that is replaced in one step.
"""

import json
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from serving.errors import VersionError
from serving.versions import LOCK, PUBLISHING, REMOVED, Version, find, list_versions, serve_folder, served_name
from sources.common import disk

PINS = "pins.json"
GRACE = timedelta(minutes=1)


def pinned(home: Path) -> frozenset[str]:
    """Names of the pinned versions of the portfolio at `home`. Raises VersionError when their file can't be read."""
    path = serve_folder(home) / PINS
    try:
        names: object = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    if not isinstance(names, list):
        raise _unreadable(path, "it is not a JSON list")
    return frozenset(str(name) for name in names)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def pin(home: Path, version: str) -> None:
    """Keep `version` until it is unpinned.

    Raises VersionError when there is no such version, the list can't be read, or a refresh is publishing.
    """
    _change(home, version, is_pinned=True)


def unpin(home: Path, version: str) -> None:
    """Unpin `version`.

    Raises VersionError when it isn't pinned, the list can't be read, or a refresh is publishing.
    """
    _change(home, version, is_pinned=False)


def retire(home: Path, keep: int, keep_days: int, now: datetime, just_left: str | None = None) -> list[str]:
    """Remove versions that are neither among the newest `keep` nor published within `keep_days` days before `now`.

    The served and the pinned versions are kept; if the pins can't be read, all are. A reader may have followed the link
    but not yet opened the file, so `just_left`, which was served until now, is kept, and so is a version that was
    replaced within `GRACE`. Point-in-time versions neither count nor are removed here.

    A version is renamed before it is removed, so that no partial one is listed. Failed removals are tried again later.
    Returns the names removed. Call it with the lock held.
    """
    try:
        spared = {served_name(home), just_left, *pinned(home)}
    except VersionError:
        return []
    found = [version for version in list_versions(home) if version.observed_by is None]
    removed: list[str] = []
    for follower, version in reversed(list(zip(found[keep - 1 :], found[keep:], strict=False))):
        is_in_use = version.version in spared or _is_younger(follower, GRACE, now)
        if not is_in_use and not _is_younger(version, timedelta(days=keep_days), now):
            with suppress(OSError):
                _remove(version)
                removed.append(version.version)
    return removed


def remove(home: Path, version: str) -> None:
    """Remove a version that is neither served nor pinned.

    Raises VersionError when there is no such version, it must stay, or a refresh is publishing.
    """
    chosen = find(home, version)
    try:
        with FileLock(serve_folder(home) / LOCK, timeout=0):
            chosen = find(home, version)
            if chosen.is_served:
                raise VersionError(
                    f"version {version} is served.", str(chosen.folder), "`outcomes rollback` to another first."
                )
            if version in pinned(home):
                raise VersionError(
                    f"version {version} is pinned.", str(chosen.folder), f"`outcomes unpin {version}` first."
                )
            _remove(chosen)
    except Timeout as error:
        raise VersionError(PUBLISHING, str(chosen.folder.parent), "try again when it has ended.") from error


def _remove(version: Version) -> None:
    """Remove a version atomically. Raises OSError; the next publish deletes leftovers."""
    gone = version.folder.rename(version.folder.with_name(f"{REMOVED}{version.version}"))
    shutil.rmtree(gone, ignore_errors=True)


def _is_younger(version: Version, limit: timedelta, now: datetime) -> bool:
    """Whether it was published at most `limit` ago; false if its age is unknown or in the future."""
    age = version.age(now)
    return age is not None and timedelta(0) <= age <= limit and bool(limit)


def _change(home: Path, version: str, *, is_pinned: bool) -> None:
    find(home, version)
    serve = serve_folder(home)
    try:
        with FileLock(serve / LOCK, timeout=0):
            find(home, version)
            names = pinned(home)
            if not is_pinned and version not in names:
                raise VersionError(
                    f"version {version} is not pinned.", str(serve / PINS), "`outcomes versions` shows which are."
                )
            names = names | {version} if is_pinned else names - {version}
            disk.write(serve / PINS, json.dumps(sorted(name for name in names if (serve / name).is_dir())) + "\n")
    except Timeout as error:
        raise VersionError(PUBLISHING, str(serve), "try again when it has ended.") from error


def _unreadable(path: Path, why: str) -> VersionError:
    return VersionError(
        f"the list of pinned versions can't be read ({why}), so no version is removed.",
        str(path),
        "delete this file, then pin again what must stay (`outcomes pin VERSION`).",
    )
