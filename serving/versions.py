"""Published versions: list them, find the served one, roll back to an earlier one.

`<home>/serve/<version>/` holds one version, immutable; `<home>/serve/current` points to the served one.
Names sort by age. Names that start with a dot are unfinished and not versions.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from serving.errors import VersionError
from serving.integrity import Damage, at_a_glance, find_damage
from serving.manifest import ANOTHER, DATABASE, HEALS, PAGE, read_manifest
from sources.common import disk

SERVE = "serve"
CURRENT = "current"
LOCK = ".lock"
REMOVED = ".removed-"
DAMAGED = "damaged"  # the folder of a home for what `outcomes verify --repair` sets aside
PUBLISHING = "a refresh is publishing."
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


@dataclass(frozen=True)
class Version:
    """One published version. `problem` is damage that shows at a glance; if the manifest can't be read, it is empty."""

    version: str
    folder: Path
    is_served: bool
    manifest: dict[str, Any]
    problem: str | None = None

    @property
    def database(self) -> Path:
        """The version's DuckDB file."""
        return self.folder / DATABASE

    @property
    def page(self) -> Path:
        """The version's page."""
        return self.folder / PAGE

    @property
    def published_at(self) -> datetime | None:
        """When it was published (UTC)."""
        text = self.manifest.get("published_at")
        return datetime.fromisoformat(text) if isinstance(text, str) else None

    @property
    def as_of(self) -> str | None:
        """The as-of moment of its figures, ISO 8601."""
        return self.manifest.get("as_of")

    @property
    def refresh_id(self) -> str | None:
        """The refresh that made it."""
        return self.manifest.get("refresh_id")

    @property
    def size_bytes(self) -> int:
        """Size of the DuckDB file as published, in bytes."""
        return self.manifest.get("size_bytes", 0)

    @property
    def total_bytes(self) -> int:
        """Size of all its files as published, in bytes."""
        return sum(entry["size_bytes"] for entry in self.manifest.get("files", {}).values())

    @property
    def checks(self) -> dict[str, int]:
        """Number of checks by status, of the refresh that made it."""
        return self.manifest.get("checks", {})

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Each metric's all-time total: {metric: {value, n, status}}."""
        return self.manifest.get("figures", {})

    @property
    def observed_by(self) -> str | None:
        """For a point-in-time version: only loads observed by this moment, ISO 8601, were read."""
        return self.manifest.get("observed_by")

    @property
    def is_servable(self) -> bool:
        """It is no point-in-time version, and no damage shows at a glance."""
        return self.problem is None and self.observed_by is None

    @property
    def is_reconstructed(self) -> bool:
        """It is a point-in-time version, and some of its loads landed only later."""
        return bool(self.manifest.get("reconstructed"))

    def age(self, now: datetime) -> timedelta | None:
        """Time since it was published."""
        return None if self.published_at is None else now - self.published_at


def serve_folder(home: Path) -> Path:
    """The folder with the versions of the portfolio at `home`."""
    return home / SERVE


def list_versions(home: Path) -> list[Version]:
    """All versions of the portfolio at `home`, newest first; empty when nothing was ever published."""
    return [_version(home, name) for name in reversed(_names(home))]


def served_name(home: Path) -> str | None:
    """Name of the version that `current` points at, whether or not it is there; None when it points nowhere."""
    link = serve_folder(home) / CURRENT
    return link.readlink().name if link.is_symlink() else None


def served(home: Path) -> Version | None:
    """The version that readers see, None when nothing was ever published.

    Raises VersionError when no link leads to one, or it is damaged as far as a glance shows.
    """
    link, name = serve_folder(home) / CURRENT, served_name(home)
    if name is None:
        if link.is_dir():
            raise VersionError("it is a folder, and must be a link to the served version.", str(link), HEALS)
        if any(version.is_servable for version in list_versions(home)):
            raise VersionError("the link to the served version is missing.", str(link), HEALS)
        return None
    if not (serve_folder(home) / name).is_dir():
        raise VersionError(f"the served version {name} no longer exists.", str(link), HEALS)
    version = _version(home, name)
    if version.problem is not None:
        raise VersionError(version.problem, str(version.folder), HEALS)
    return version


def served_if_whole(home: Path) -> Version | None:
    """The version that readers see; None where there is none, or it is damaged."""
    try:
        return served(home)
    except VersionError:
        return None


def find(home: Path, version: str) -> Version:
    """The version with that name. Raises VersionError that lists the existing ones."""
    names, where = _names(home), str(serve_folder(home))
    if not names:
        raise VersionError("nothing was ever published.", where, "run `outcomes refresh`.")
    if version not in names:
        raise VersionError(f"there is no version {version}.", where, f"choose one of {', '.join(names)}.")
    return _version(home, version)


def readable(home: Path, version: str) -> Version:
    """The version with that name. Raises VersionError when there is none, or it is damaged as far as a glance shows."""
    chosen = find(home, version)
    if chosen.problem is not None:
        raise VersionError(chosen.problem, str(chosen.folder), ANOTHER)
    return chosen


def strays(home: Path) -> list[Path]:
    """What is among the versions and isn't one: nothing reads it."""
    serve = serve_folder(home)
    found = [path for path in serve.iterdir() if path.is_dir()] if serve.is_dir() else []
    return sorted(path for path in found if not _is_version(path) and not path.name.startswith((".", CURRENT)))


def made_as_of(home: Path, inputs: Mapping[str, str], observed_by: str) -> Version | None:
    """The newest point-in-time version of that moment made from the same inputs, if there is one."""
    found = (v for v in list_versions(home) if v.observed_by == observed_by and v.manifest.get("inputs") == inputs)
    return next((version for version in found if version.problem is None), None)


def verify(version: Version) -> list[Damage]:
    """The damage in a version's folder: manifest and its checksum, each file, the database's tables."""
    return find_damage(version.folder)


def rollback(home: Path, version: str | None = None) -> Version:
    """Serve `version` (default: the newest one older than the served) after `verify`, by one symlink swap.

    Raises VersionError when there is no such version, it is a point-in-time version, its file is damaged, or a
    refresh is publishing.
    """
    serve = serve_folder(home)
    if not serve.is_dir():
        raise VersionError("nothing was ever published.", str(serve), "run `outcomes refresh`.")
    try:
        with FileLock(serve / LOCK, timeout=0):
            chosen = _chosen(home, version)
            if damage := verify(chosen):
                raise VersionError(damage[0].what, str(damage[0].path), ANOTHER)
            point_readers_at(serve, chosen.version)
    except Timeout as error:
        raise VersionError(PUBLISHING, str(serve), "try again when it has ended.") from error
    return _version(home, chosen.version)


def point_readers_at(serve: Path, version: str) -> None:
    """Make a version the served one; a folder in place of the link, as a copy without links leaves, is moved away.

    Raises OSError.
    """
    link = serve / CURRENT
    if link.is_dir() and not link.is_symlink():
        link.rename(link.with_name(f"{REMOVED}{CURRENT}"))
    disk.point(link, version)


def heal(home: Path) -> str | None:
    """Serve the newest whole version where the served one is damaged, or no link leads to one.

    Returns what was wrong and what was done, None where all is well. Where no version is whole, nothing changes. Raises
    VersionError when a refresh is publishing.
    """
    try:
        served(home)
        return None
    except VersionError as error:
        problem = f"{error.where}: {error.what}"
    serve = serve_folder(home)
    try:
        with FileLock(serve / LOCK, timeout=0):
            chosen = _newest_whole(home, but=served_name(home))
            if chosen is None:
                return f"{problem} No other version is whole: `outcomes refresh` builds one."
            point_readers_at(serve, chosen.version)
    except Timeout as error:
        raise VersionError(PUBLISHING, str(serve), "try again when it has ended.") from error
    return f"{problem} Version {chosen.version}, the newest whole one, is served."


def repair(home: Path, damaged: Collection[Version]) -> list[str]:
    """Set damaged versions aside, and serve the newest whole one in place of a damaged served one; what was done.

    A served version stays where it is if no other is whole. Raises VersionError when a refresh is publishing, OSError.
    """
    serve, done = serve_folder(home), list[str]()
    try:
        with FileLock(serve / LOCK, timeout=0):
            for version in damaged:
                if version.version == served_name(home):
                    chosen = _newest_whole(home, but=version.version)
                    if chosen is None:
                        done.append(
                            f"{version.folder}: it is served, and no other version is whole. To publish a new one: "
                            "outcomes refresh --full"
                        )
                        continue
                    point_readers_at(serve, chosen.version)
                    done.append(f"Version {chosen.version}, the newest whole one, is served.")
                aside = home / DAMAGED / version.version
                aside.parent.mkdir(exist_ok=True)
                version.folder.rename(aside)
                done.append(f"Version {version.version} was moved to {aside}")
    except Timeout as error:
        raise VersionError(PUBLISHING, str(serve), "try again when it has ended.") from error
    return done


def _newest_whole(home: Path, but: str | None) -> Version | None:
    """The newest version that may be served and that is whole in every byte."""
    found = (version for version in list_versions(home) if version.is_servable and version.version != but)
    return next((version for version in found if not verify(version)), None)


def _names(home: Path) -> list[str]:
    """Names of the versions, oldest first."""
    serve = serve_folder(home)
    if not serve.is_dir():
        return []
    return sorted(path.name for path in serve.iterdir() if path.is_dir() and _is_version(path))


def _is_version(path: Path) -> bool:
    return not path.is_symlink() and _ULID.fullmatch(path.name) is not None


def _version(home: Path, name: str) -> Version:
    folder, is_served = serve_folder(home) / name, name == served_name(home)
    damage = next(iter(at_a_glance(folder)), None)
    problem = f"{damage.path.name}: {damage.what}" if damage else None
    try:
        return Version(name, folder, is_served, read_manifest(folder), problem)
    except VersionError:
        return Version(name, folder, is_served, {}, problem)


def _chosen(home: Path, version: str | None) -> Version:
    where = str(serve_folder(home))
    if version is not None:
        chosen = find(home, version)
        if chosen.observed_by is not None:
            raise VersionError(
                f"version {version} is a point-in-time version of {chosen.observed_by} and is never served.",
                where,
                f"read it with `outcomes query --version {version}`, or roll back to another.",
            )
        return chosen
    found = list_versions(home)
    if not found:
        raise VersionError("nothing was ever published.", where, "run `outcomes refresh`.")
    current = served_name(home)
    older = [v for v in found if (current is None or v.version < current) and v.observed_by is None]
    if not older:
        raise VersionError(f"no version is older than the served {current}.", where, "run `outcomes refresh`.")
    return older[0]
