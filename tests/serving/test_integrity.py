"""Bit rot is found: each kind of damage in each file, and the file is named."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from serving.integrity import Damage, find_damage
from serving.manifest import read_manifest, write_manifest
from serving.versions import Version
from tests.serving.builds import Built, cut, damage, publish_built

FILES = ("warehouse.duckdb", "index.html", "manifest.json", "parquet/core/dim_initiative/part-0.parquet")


@pytest.fixture(scope="module")
def with_parquet(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Version:
    """A version with all that one can have; nobody changes it."""
    return publish_built(tmp_path_factory.mktemp("with-parquet"), built, parquet=True)


@pytest.fixture
def folder(with_parquet: Version, tmp_path: Path) -> Path:
    """A copy of its folder, to be damaged."""
    return Path(shutil.copytree(with_parquet.folder, tmp_path / "version"))


def named(folder: Path) -> list[str]:
    """The files that are said to be damaged, by their path in the version's folder."""
    return [one.path.relative_to(folder).as_posix() for one in find_damage(folder)]


def test_a_version_as_published_has_none(with_parquet: Version) -> None:
    assert find_damage(with_parquet.folder) == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [damage, cut, Path.unlink], ids=["flipped bit", "truncated", "missing"])
def test_a_damaged_file_is_named(folder: Path, name: str, harm: Callable[[Path], None]) -> None:
    harm(folder / name)

    assert named(folder) == [name]


@pytest.mark.parametrize("where", [0, 8, 100, 4096, 8192, 12_288, 300_000, -1])
def test_any_bit_of_the_database_counts(folder: Path, where: int) -> None:
    """Also one that no query reads: in a header that is not in use, or in free space."""
    damage(folder / "warehouse.duckdb", where)

    assert find_damage(folder) == [
        Damage(folder / "warehouse.duckdb", "its SHA-256 is not the one in the manifest: it was changed.")
    ]


def test_a_damaged_seal_is_noticed(folder: Path) -> None:
    damage(folder / "manifest.json.sha256")

    assert named(folder) == ["manifest.json"]


def test_a_missing_seal_is_named(folder: Path) -> None:
    (folder / "manifest.json.sha256").unlink()

    assert named(folder) == ["manifest.json.sha256"]


def test_the_seal_is_one_that_other_tools_read(with_parquet: Version) -> None:
    digest = hashlib.sha256((with_parquet.folder / "manifest.json").read_bytes()).hexdigest()

    assert (with_parquet.folder / "manifest.json.sha256").read_text() == f"{digest}  manifest.json\n"


def test_all_damage_is_told_not_only_the_first(folder: Path) -> None:
    damage(folder / "warehouse.duckdb")
    cut(folder / "index.html")

    assert named(folder) == ["index.html", "warehouse.duckdb"]


def test_a_file_that_was_added_is_named(folder: Path) -> None:
    """DuckDB would replay a write-ahead log that lies beside the file."""
    (folder / "warehouse.duckdb.wal").write_bytes(b"")

    assert named(folder) == ["warehouse.duckdb.wal"]


def change(folder: Path, table: str, name: str, value: Any) -> None:
    """Give a table another number in the manifest, and seal it."""
    manifest = read_manifest(folder)
    manifest["tables"][table][name] = value
    write_manifest(folder, manifest)


def test_other_rows_than_the_manifest_says_are_found(folder: Path) -> None:
    change(folder, "outcomes.value_realization", "rows", 463)

    assert find_damage(folder)[0].what == "outcomes.value_realization has 464 rows, the manifest has 463."


def test_other_values_than_the_manifest_says_are_found(folder: Path) -> None:
    change(folder, "core.dim_initiative", "checksum", "0" * 42)

    assert "core.dim_initiative has other values" in find_damage(folder)[0].what


def test_a_checksum_of_another_duckdb_is_not_compared(folder: Path) -> None:
    """Its hash of the same values may be another one."""
    change(folder, "core.dim_initiative", "checksum", "0" * 42)
    write_manifest(folder, read_manifest(folder) | {"duckdb_version": "1.4.0"})

    assert find_damage(folder) == []


def test_a_table_that_is_not_in_the_manifest_is_found(folder: Path) -> None:
    manifest = read_manifest(folder)
    del manifest["tables"]["core.dim_initiative"]
    write_manifest(folder, manifest)

    assert "core.dim_initiative is missing in the database or in its manifest" in find_damage(folder)[0].what


def test_a_manifest_that_lists_no_database_proves_nothing(folder: Path) -> None:
    manifest = read_manifest(folder)
    del manifest["files"]["warehouse.duckdb"]
    write_manifest(folder, manifest)

    assert "lists no file warehouse.duckdb" in find_damage(folder)[0].what


def test_a_database_that_its_manifest_vouches_for_but_that_cannot_be_read_is_found(folder: Path) -> None:
    database = folder / "warehouse.duckdb"
    damage(database, 8192 + 4096)
    manifest = read_manifest(folder)
    manifest["files"]["warehouse.duckdb"]["sha256"] = hashlib.sha256(database.read_bytes()).hexdigest()
    write_manifest(folder, manifest)

    assert "can't be read" in find_damage(folder)[0].what


def test_the_manifest_lists_every_file(with_parquet: Version) -> None:
    listed = json.loads((with_parquet.folder / "manifest.json").read_text())["files"]
    there = {p.relative_to(with_parquet.folder).as_posix() for p in with_parquet.folder.rglob("*") if p.is_file()}

    assert there - set(listed) == {"manifest.json", "manifest.json.sha256"}
    assert set(listed) <= there


def test_the_parquet_files_hold_the_tables(with_parquet: Version) -> None:
    folder = with_parquet.folder
    with duckdb.connect() as connection:
        connection.execute(f"attach '{with_parquet.database}' as warehouse (read_only)")
        for table in with_parquet.manifest["tables"]:
            part = folder / "parquet" / table.replace(".", "/") / "part-0.parquet"
            differing = connection.execute(
                f"select count(*) from ((from warehouse.{table} except all from read_parquet('{part}')) union all "
                f"(from read_parquet('{part}') except all from warehouse.{table}))"
            ).fetchone()
            assert differing == (0,), table
