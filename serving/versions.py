"""Published versions: list them, find the served one, roll back to an earlier one.

`<home>/serve/<version>/` holds one version, immutable; `<home>/serve/current` points to the served one.
Names sort by age. Names that start with a dot are unfinished and not versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from serving.errors import VersionError
from serving.integrity import Damage, find_damage
from serving.manifest import ANOTHER, DATABASE, PAGE, read_manifest
from sources.common import disk

SERVE = "serve"
CURRENT = "current"
LOCK = ".lock"
REMOVED = ".removed-"
PUBLISHING = "a refresh is publishing."


@dataclass(frozen=True)
class Version:
    """One published version. If its manifest can't be read, it is empty and `problem` says why."""

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

    Raises VersionError when `current` points to a version that no longer exists.
    """
    name = served_name(home)
    if name is None:
        return None
    if not (serve_folder(home) / name).is_dir():
        link = serve_folder(home) / CURRENT
        raise VersionError(f"the served version {name} no longer exists.", str(link), ANOTHER)
    return _version(home, name)


def find(home: Path, version: str) -> Version:
    """The version with that name. Raises VersionError that lists the existing ones."""
    names, where = _names(home), str(serve_folder(home))
    if not names:
        raise VersionError("nothing was ever published.", where, "run `outcomes refresh`.")
    if version not in names:
        raise VersionError(f"there is no version {version}.", where, f"choose one of {', '.join(names)}.")
    return _version(home, version)


def made_as_of(home: Path, inputs: Mapping[str, str], observed_by: str) -> Version | None:
    """The newest point-in-time version of that moment made from the same inputs, if there is one."""
    found = (v for v in list_versions(home) if v.observed_by == observed_by and v.manifest.get("inputs") == inputs)
    return next(found, None)


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
            disk.point(serve / CURRENT, chosen.version)
    except Timeout as error:
        raise VersionError(PUBLISHING, str(serve), "try again when it has ended.") from error
    return _version(home, chosen.version)


def _names(home: Path) -> list[str]:
    """Names of the versions, oldest first."""
    serve = serve_folder(home)
    if not serve.is_dir():
        return []
    return sorted(path.name for path in serve.iterdir() if path.is_dir() and _is_version(path))


def _is_version(path: Path) -> bool:
    return not path.is_symlink() and not path.name.startswith(".")


def _version(home: Path, name: str) -> Version:
    folder, is_served = serve_folder(home) / name, name == served_name(home)
    try:
        return Version(name, folder, is_served, read_manifest(folder))
    except VersionError as error:
        return Version(name, folder, is_served, {}, str(error))


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
