"""Find damage: compare a version's folder with its manifest, and the manifest with its checksum file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from serving import copying, manifest
from serving.errors import ReadError, VersionError
from serving.reader import connect
from sources.common import disk
from sources.common.contents import checksum
from sources.common.sql import qualified


@dataclass(frozen=True)
class Damage:
    """A damaged file, and how that shows."""

    path: Path
    what: str


def find_damage(folder: Path) -> list[Damage]:
    """All damage of a version: the manifest, then each file's size and SHA-256, then the database's tables.

    With a damaged manifest nothing else can be checked. The tables of a database file that changed are not read.
    """
    if found := sealed(folder):
        return found
    try:
        listed = manifest.read_manifest(folder)
    except VersionError as error:
        return [Damage(folder / manifest.MANIFEST, error.what)]
    found = files(folder, listed)
    if not any(damage.path.name == manifest.DATABASE for damage in found):
        found += tables(folder, listed)
    return found


def at_a_glance(folder: Path) -> list[Damage]:
    """Damage that shows without reading a file of data: the manifest, and files that are missing or of another size."""
    if found := sealed(folder):
        return found
    try:
        entries: dict[str, dict[str, int | str]] = manifest.read_manifest(folder).get("files", {})
    except VersionError as error:
        return [Damage(folder / manifest.MANIFEST, error.what)]
    return [damage for name, entry in entries.items() if (damage := _size(folder / name, entry))]


def sealed(folder: Path) -> list[Damage]:
    """Damage of the manifest, or of its checksum file."""
    contents: list[bytes] = []
    for name in (manifest.MANIFEST, manifest.SEAL):
        try:
            contents.append((folder / name).read_bytes())
        except OSError as error:
            return [Damage(folder / name, _unreadable(error))]
    if manifest.seal(contents[0]).encode() != contents[1]:
        return [Damage(folder / manifest.MANIFEST, f"its SHA-256 is not the one in {manifest.SEAL}.")]
    return []


def files(folder: Path, listed: Mapping[str, Any]) -> list[Damage]:
    """Files that are missing, changed, or that the manifest doesn't list."""
    entries: dict[str, dict[str, int | str]] = listed.get("files", {})
    if manifest.DATABASE not in entries:
        return [Damage(folder / manifest.MANIFEST, f"it lists no file {manifest.DATABASE}.")]
    found = [damage for name, entry in entries.items() if (damage := _file(folder / name, entry))]
    added = sorted(set(manifest.names(folder)) - entries.keys())
    return [*found, *(Damage(folder / name, "it is not part of the published version.") for name in added)]


def tables(folder: Path, listed: Mapping[str, Any]) -> list[Damage]:
    """Tables whose rows or values differ from those published.

    A checksum is DuckDB's hash of the values, so it is compared only if the same DuckDB version made it.
    """
    database = folder / manifest.DATABASE
    is_same_duckdb = listed.get("duckdb_version") == duckdb.__version__
    expected: dict[str, dict[str, int | str]] = listed.get("tables", {})
    found: list[Damage] = []
    try:
        with connect(database) as connection:
            columns = copying.column_names(connection, database.stem)
            for table in sorted(columns.keys() ^ expected.keys()):
                found.append(Damage(database, f"table {table} is missing in the database or in its manifest."))
            for table in sorted(columns.keys() & expected.keys()):
                read = checksum(connection, qualified(table), columns[table])
                if read.rows != expected[table]["rows"]:
                    say = f"{table} has {read.rows} rows, the manifest has {expected[table]['rows']}."
                    found.append(Damage(database, say))
                elif is_same_duckdb and read.checksum != expected[table]["checksum"]:
                    found.append(Damage(database, f"{table} has other values than in the manifest (checksum)."))
    except (ReadError, duckdb.Error) as error:
        found.append(Damage(database, f"it can't be read ({error})."))
    return found


def _file(path: Path, expected: Mapping[str, int | str]) -> Damage | None:
    if damage := _size(path, expected):
        return damage
    try:
        is_whole = disk.sha256(path) == expected.get("sha256")
    except OSError as error:
        return Damage(path, _unreadable(error))
    return None if is_whole else Damage(path, "its SHA-256 is not the one in the manifest: it was changed.")


def _size(path: Path, expected: Mapping[str, int | str]) -> Damage | None:
    try:
        size = path.stat().st_size
    except OSError as error:
        return Damage(path, _unreadable(error))
    if size != expected.get("size_bytes"):
        return Damage(path, f"it has {size} bytes, the manifest has {expected.get('size_bytes')}.")
    return None


def _unreadable(error: OSError) -> str:
    return f"it can't be read ({error.strerror})."
