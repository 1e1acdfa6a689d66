"""Published versions: which there are, which is served, and going back to an earlier one.

`<home>/serve/<version>/` holds one version, immutable; `<home>/serve/current` points at the served one.
Names sort by age. Names that start with a dot are work in progress and no version.
"""

import hashlib
import json
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from serving import disk
from serving.errors import ReadError, VersionError
from serving.reader import query

DATABASE = "warehouse.duckdb"
MANIFEST = "manifest.json"
PAGE = "index.html"
SERVE = "serve"
CURRENT = "current"
LOCK = ".lock"
REMOVED = ".removed-"


@dataclass(frozen=True)
class Version:
    """One published version. `manifest` is empty, and `problem` says why, where it can't be read."""

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
    def published_at(self) -> datetime | None:
        """When it was published (UTC)."""
        text = self.manifest.get("published_at")
        return datetime.fromisoformat(text) if isinstance(text, str) else None

    @property
    def as_of(self) -> str | None:
        """The moment its figures speak of, ISO 8601."""
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
    def checks(self) -> dict[str, int]:
        """Number of checks by status, of the refresh that made it."""
        return self.manifest.get("checks", {})

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Each metric's all-time total: {metric: {value, n, status}}."""
        return self.manifest.get("figures", {})

    @property
    def observed_by(self) -> str | None:
        """Where it shows what was known then: only loads observed by this moment, ISO 8601, were read."""
        return self.manifest.get("observed_by")

    @property
    def is_reconstructed(self) -> bool:
        """It shows what was known then, and some of its loads landed only later."""
        return bool(self.manifest.get("reconstructed"))

    def age(self, now: datetime) -> timedelta | None:
        """Time since it was published."""
        return None if self.published_at is None else now - self.published_at


def serve_folder(home: Path) -> Path:
    """Where the versions of the portfolio at `home` live."""
    return home / SERVE


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest in a version's folder. Raises VersionError when it is missing or no JSON object."""
    path = folder / MANIFEST
    try:
        manifest: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VersionError(f"the manifest can't be read ({error}).", str(path), _ANOTHER) from error
    if not isinstance(manifest, dict):
        raise VersionError("the manifest is no JSON object.", str(path), _ANOTHER)
    return {str(key): value for key, value in manifest.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def list_versions(home: Path) -> list[Version]:
    """All versions of the portfolio at `home`, newest first; empty when nothing was ever published."""
    return [_version(home, name) for name in reversed(_names(home))]


def served(home: Path) -> Version | None:
    """The version that readers see, None when nothing was ever published.

    Raises VersionError when `current` points at a version that is gone.
    """
    name = _served_name(home)
    if name is None:
        return None
    if not (serve_folder(home) / name).is_dir():
        link = serve_folder(home) / CURRENT
        raise VersionError(f"the served version {name} is gone.", str(link), _ANOTHER)
    return _version(home, name)


def find(home: Path, version: str) -> Version:
    """The version of that name. Raises VersionError that lists those there are."""
    names, where = _names(home), str(serve_folder(home))
    if not names:
        raise VersionError("nothing was ever published.", where, "run `outcomes refresh`.")
    if version not in names:
        raise VersionError(f"there is no version {version}.", where, f"choose one of {', '.join(names)}.")
    return _version(home, version)


def made_as_of(home: Path, inputs: Mapping[str, str], observed_by: str) -> Version | None:
    """The newest version as known at that moment that was made from these very inputs, if there is one."""
    found = (v for v in list_versions(home) if v.observed_by == observed_by and v.manifest.get("inputs") == inputs)
    return next(found, None)


def verify(version: Version) -> None:
    """Compare a version's file with its manifest: size, SHA-256 and the rows of every table.

    Raises VersionError that names the first difference.
    """
    manifest, where = read_manifest(version.folder), str(version.database)
    try:
        size, digest = version.database.stat().st_size, sha256(version.database)
    except OSError as error:
        raise VersionError(f"the file can't be read ({error}).", where, _ANOTHER) from error
    if size != manifest.get("size_bytes"):
        expected = manifest.get("size_bytes")
        raise VersionError(f"the file has {size} bytes, its manifest says {expected}.", where, _ANOTHER)
    if digest != manifest.get("sha256"):
        raise VersionError("the file's SHA-256 is not the one in its manifest: it was changed.", where, _ANOTHER)
    for table, expected in manifest.get("tables", {}).items():
        rows = _count(version.database, table)
        if rows != expected["rows"]:
            raise VersionError(f"{table} has {rows} rows, the manifest says {expected['rows']}.", where, _ANOTHER)


def rollback(home: Path, version: str | None = None) -> Version:
    """Serve `version` (default: the newest one older than the served) after `verify`, by one symlink swap.

    Raises VersionError when there is no such version, it shows what was known then, its file is damaged, or a
    refresh is publishing.
    """
    serve = serve_folder(home)
    if not serve.is_dir():
        raise VersionError("nothing was ever published.", str(serve), "run `outcomes refresh`.")
    try:
        with disk.locked(serve / LOCK):
            chosen = _chosen(home, version)
            verify(chosen)
            disk.point(serve / CURRENT, chosen.version)
    except disk.LockedError as error:
        raise VersionError("a refresh is publishing.", str(serve), "try again when it has ended.") from error
    return _version(home, chosen.version)


def remove(home: Path, version: str) -> None:
    """Remove a version that shows what was known then; the others leave by `retire` alone.

    Raises VersionError when there is no such version, it is not one of these, or a refresh is publishing.
    """
    serve = serve_folder(home)
    chosen = find(home, version)
    if chosen.observed_by is None:
        raise VersionError(
            f"version {version} was not made with --as-of.",
            str(chosen.folder),
            "lower keep_versions: the next refresh then removes the oldest.",
        )
    try:
        with disk.locked(serve / LOCK):
            gone = chosen.folder.rename(serve / f"{REMOVED}{version}")
            shutil.rmtree(gone, ignore_errors=True)
    except disk.LockedError as error:
        raise VersionError("a refresh is publishing.", str(serve), "try again when it has ended.") from error


def retire(home: Path, keep: int, pinned: Collection[str] = ()) -> list[str]:
    """Remove all but the newest `keep` versions, the served and the pinned; returns the names removed.

    Versions that show what was known then neither count nor leave: who asked for one removes it. A version leaves
    by a rename, so that no half of one is ever listed. What can't be removed stays for the next time. Call it with
    the lock held.
    """
    serve, spared = serve_folder(home), {_served_name(home), *pinned}
    names = [version.version for version in reversed(list_versions(home)) if version.observed_by is None]
    old = [name for name in names[: max(0, len(names) - keep)] if name not in spared]
    removed: list[str] = []
    for name in old:
        with suppress(OSError):
            gone = (serve / name).rename(serve / f"{REMOVED}{name}")
            removed.append(name)
            shutil.rmtree(gone, ignore_errors=True)
    return removed


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_ANOTHER = "serve another version (`outcomes versions`, `outcomes rollback VERSION`) or run `outcomes refresh`."


def _names(home: Path) -> list[str]:
    """Names of the versions, oldest first."""
    serve = serve_folder(home)
    if not serve.is_dir():
        return []
    return sorted(path.name for path in serve.iterdir() if path.is_dir() and _is_version(path))


def _is_version(path: Path) -> bool:
    return not path.is_symlink() and not path.name.startswith(".")


def _served_name(home: Path) -> str | None:
    link = serve_folder(home) / CURRENT
    return link.readlink().name if link.is_symlink() else None


def _version(home: Path, name: str) -> Version:
    folder, is_served = serve_folder(home) / name, name == _served_name(home)
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
                f"version {version} shows what was known at {chosen.observed_by} and is never served.",
                where,
                f"read it with `outcomes query --version {version}`, or roll back to another.",
            )
        return chosen
    found = list_versions(home)
    if not found:
        raise VersionError("nothing was ever published.", where, "run `outcomes refresh`.")
    current = _served_name(home)
    older = [v for v in found if (current is None or v.version < current) and v.observed_by is None]
    if not older:
        raise VersionError(f"no version is older than the served {current}.", where, "run `outcomes refresh`.")
    return older[0]


def _count(database: Path, table: str) -> int:
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in table.split(".", 1))
    try:
        return query(database, f"select count(*) from {quoted}").rows[0][0]
    except ReadError as error:
        raise VersionError(f"{table} can't be read ({error.what})", str(database), _ANOTHER) from error
