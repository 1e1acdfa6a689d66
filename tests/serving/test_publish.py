"""Publishing: whole or not at all, and the served version is never harmed."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from serving import copying
from serving import publish as publishing
from serving.errors import PublishError
from serving.versions import Version, served
from tests.serving.builds import FACTS, REFRESH, Built, make_build, make_records, publish_built, ulid

ROOT = Path(__file__).parents[2]


def listing(serve: Path) -> list[str]:
    """What lies in the folder of versions, the lock aside."""
    return sorted(path.name for path in serve.iterdir() if path.name != ".lock")


def served_name(home: Path) -> str | None:
    version = served(home)
    return version.version if version else None


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_published_version_is_served(published: Version) -> None:
    found = rows(
        published.folder.parent / "current/warehouse.duckdb",
        "select initiative_name from core.dim_initiative order by 1",
    )
    assert found == [("Bridge",), ("Harbour",)]


def test_current_is_a_symlink_to_the_versions_folder(published: Version) -> None:
    assert (published.folder.parent / "current").readlink() == Path(ulid(1))


def test_files_are_read_only(published: Version) -> None:
    folder = published.folder
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == dict.fromkeys(("index.html", "manifest.json", "manifest.json.sha256", "warehouse.duckdb"), 0o444)


def test_the_file_has_the_declared_storage_version(published: Version) -> None:
    header = published.database.read_bytes()[:20]
    # DuckDB's main header: 8 bytes checksum, "DUCK", then the version; 64 is what 0.10 to 1.1 write and 1.0 reads.
    assert (copying.STORAGE_VERSION, header[8:12], int.from_bytes(header[12:20], "little")) == ("v1.0.0", b"DUCK", 64)


def test_only_the_published_schemas_are_there(published: Version) -> None:
    database = published.database
    found = rows(database, "select distinct schema_name from duckdb_tables() order by 1")
    assert found == [("audit",), ("core",), ("metrics",), ("outcomes",)]


def test_comments_survive(published: Version) -> None:
    comment = rows(published.database, "select comment from duckdb_tables() where table_name = 'dim_initiative'")
    assert comment == [("One row an initiative.",)]


def test_every_audit_column_has_a_comment(published: Version) -> None:
    database = published.database
    bare = rows(
        database,
        "select column_name from duckdb_columns() where schema_name = 'audit' and comment is null "
        "union all select table_name from duckdb_tables() where schema_name = 'audit' and comment is null",
    )
    assert bare == []


def test_a_folder_of_records_publishes_every_refresh(home: Path, built: Built, tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    make_records(tmp_path / "audit/refresh=A.parquet")
    make_records(tmp_path / "audit/refresh=B.parquet", [("old", "core.x", "fail", "failed", "1 row")], "EARLIER")
    database = publish_built(home, Built(built.build, tmp_path / "audit")).database
    found = rows(
        database, "select refresh_id, is_current, count(*) from audit.fct_check_results group by all order by 1"
    )
    assert found == [(REFRESH, True, 1), ("EARLIER", False, 2)]


def test_earlier_refreshes_neither_count_nor_stop_publishing(home: Path, built: Built, tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    make_records(tmp_path / "audit/refresh=A.parquet", [("old", "core.x", "fail", "failed", "1 row")], "EARLIER")
    make_records(tmp_path / "audit/refresh=B.parquet", [("volume", "core.x", "warn", "warned", "7")])
    assert publish_built(home, Built(built.build, tmp_path / "audit")).checks == {"passed": 1, "warned": 1}


def test_only_so_many_refreshes_are_published_and_always_the_present_one(
    home: Path, built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "AUDIT_HISTORY", 2)
    (tmp_path / "audit").mkdir()
    make_records(tmp_path / f"audit/refresh={REFRESH}.parquet")  # the clock went back: others have later names
    for number in (7, 8, 9):
        make_records(tmp_path / f"audit/refresh=Z{number}.parquet", refresh_id=f"Z{number}")
    database = publish_built(home, Built(built.build, tmp_path / "audit")).database
    found = rows(database, "select distinct refresh_id, is_current from audit.fct_check_results order by 1")
    assert found == [(REFRESH, True), ("Z8", False), ("Z9", False)]


def test_only_the_present_records_say_how_to_look_at_their_rows(home: Path, built: Built, tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    for number, refresh in enumerate(("EARLIER", REFRESH)):
        path = make_records(tmp_path / f"audit/refresh={number}.parquet", refresh_id=refresh)
        duckdb.sql(f"copy (select * replace ('select 1' as rows_sql) from '{path}') to '{path}' (format parquet)")
    database = publish_built(home, Built(built.build, tmp_path / "audit")).database
    found = rows(database, "select is_current, rows_sql from audit.fct_check_results order by 1")
    assert found == [(False, None), (True, "select 1")]


def test_the_manifest_says_what_was_published(published: Version) -> None:
    manifest = json.loads((published.folder / "manifest.json").read_text())
    told = {name: manifest[name] for name in FACTS}
    tables = {name: table["rows"] for name, table in manifest["tables"].items()}
    assert told == FACTS
    assert tables == {
        "audit.fct_check_results": 1,
        "core.dim_initiative": 2,
        "core.dim_key_result": 0,
        "core.fct_ledger_entries": 2,
        "metrics.dim_metric": 9,
        "metrics.fct_metric_comparisons": 0,
        "metrics.fct_metric_values": 15,
        "outcomes.value_realization": 464,
        "outcomes.value_summary": 0,
    }
    assert manifest["version"] == ulid(1)
    assert manifest["checks"] == {"passed": 1}
    assert manifest["size_bytes"] == published.database.stat().st_size
    assert manifest["metrics"]["cost@1"]["rows"] == 2
    assert manifest["definitions"]["nps@1"] == "fp-nps"
    assert manifest["figures"]["roi"] == {"value": None, "n": 0, "status": "not_measured"}
    assert (manifest["storage_version"], manifest["duckdb_version"]) == ("v1.0.0", duckdb.__version__)


def test_the_same_build_has_the_same_checksums(home: Path, built: Built) -> None:
    first, second = publish_built(home, built, 1), publish_built(home, built, 2)
    assert first.manifest["tables"] == second.manifest["tables"]


def test_the_order_of_rows_does_not_change_a_checksum(built: Built) -> None:
    with duckdb.connect(str(built.build), read_only=True) as connection:
        names = copying.column_names(connection, "warehouse")["core.dim_initiative"]
        up = copying.checksum(connection, "(from core.dim_initiative order by 1)", names)
        down = copying.checksum(connection, "(from core.dim_initiative order by 1 desc)", names)
    assert up == down


def test_a_doubled_pair_of_rows_changes_a_checksum() -> None:
    with duckdb.connect() as connection:
        once = copying.checksum(connection, "(select 1 as x)", ["x"])
        thrice = copying.checksum(connection, "(select 1 as x from range(3))", ["x"])
    assert once.checksum != thrice.checksum


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            "update candidate.core.fct_ledger_entries set reporting_amount = 11 where ledger_entry_key = 1",
            "core.fct_le",
        ),
        ("delete from candidate.outcomes.value_realization where id = 'initiative1'", "outcomes.value_realization"),
        ("create table candidate.core.stray (x int)", "core.stray"),
        ("comment on table candidate.core.dim_initiative is 'other'", "core.dim_initiative"),
        ("alter table candidate.metrics.fct_metric_values drop column is_partial", "metrics.fct_metric_values"),
        ("update candidate.metrics.fct_metric_values set value = 0 where metric_name = 'nps'", "metrics.fct_metric_v"),
    ],
)
def test_a_copy_that_differs_is_not_published(
    home: Path, built: Built, monkeypatch: pytest.MonkeyPatch, change: str, named: str
) -> None:
    copy = copying.copy_database

    def tampered(connection: duckdb.DuckDBPyConnection, candidate: Path) -> dict[str, copying.Sum]:
        built = copy(connection, candidate)
        connection.execute(change)
        return built

    monkeypatch.setattr(copying, "copy_database", tampered)
    with pytest.raises(PublishError, match=named):
        publish_built(home, built)


def test_a_changed_metric_value_is_named_by_its_metric(built: Built, tmp_path: Path) -> None:
    with copying.open_build(built.build, tmp_path) as connection:
        copying.copy_database(connection, tmp_path / "copy.duckdb")
        connection.execute("update candidate.metrics.fct_metric_values set value = 1 where metric_name = 'nps'")
        with pytest.raises(PublishError, match="nps@1"):
            copying.recheck_metrics(connection)


def test_a_copy_that_differs_leaves_the_old_version_served(
    home: Path, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_built(home, built, 1)

    copy = copying.copy_database

    def emptied(connection: duckdb.DuckDBPyConnection, candidate: Path) -> dict[str, copying.Sum]:
        built = copy(connection, candidate)
        connection.execute("truncate candidate.core.fct_ledger_entries")
        return built

    monkeypatch.setattr(copying, "copy_database", emptied)
    with pytest.raises(PublishError):
        publish_built(home, built, 2)
    assert (served_name(home), listing(home / "serve")) == (ulid(1), [ulid(1), "current"])


def test_publishing_leaves_the_old_version_untouched(home: Path, built: Built) -> None:
    old = publish_built(home, built, 1)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in old.folder.iterdir()}
    publish_built(home, built, 2)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in old.folder.iterdir()} == before


@pytest.mark.parametrize("status", ["failed", "missing", "error"])
def test_a_failed_audit_is_never_published(home: Path, built: Built, tmp_path: Path, status: str) -> None:
    records = make_records(
        tmp_path / "r.parquet", [("recomputed_cost", "core.fct_ledger_entries", "fail", status, "7")]
    )
    with pytest.raises(PublishError, match=f"recomputed_cost on core.fct_ledger_entries: {status}, observed 7"):
        publish_built(home, Built(built.build, records))


def test_a_warning_is_published(home: Path, built: Built, tmp_path: Path) -> None:
    records = make_records(tmp_path / "r.parquet", [("volume", "core.x", "warn", "warned", "7")])
    assert publish_built(home, Built(built.build, records)).checks == {"passed": 1, "warned": 1}


def test_an_unaudited_build_is_never_published(home: Path, built: Built, tmp_path: Path) -> None:
    records = make_records(tmp_path / "r.parquet", refresh_id="ANOTHER")
    with pytest.raises(PublishError, match="no audit record"):
        publish_built(home, Built(built.build, records))


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (
            "create schema staging; create table staging.stg_people (name varchar)",
            "staging.stg_people is outside the published schemas",
        ),
        ("create table main.stray (x int)", "main.stray is outside the published schemas"),
        ("create view core.seen as select 1 as x", "core.seen is a view"),
        ("drop table outcomes.value_realization", "no table outcomes.value_realization"),
    ],
)
def test_a_build_of_the_wrong_content_is_refused(
    home: Path, built: Built, tmp_path: Path, extra: str, message: str
) -> None:
    build = make_build(tmp_path / "warehouse.duckdb", extra=extra)
    with pytest.raises(PublishError, match=message):
        publish_built(home, Built(build, built.records))


def test_a_version_is_published_once(home: Path, built: Built) -> None:
    publish_built(home, built)
    with pytest.raises(PublishError, match="exists already"):
        publish_built(home, built)


@pytest.mark.parametrize("version", ["", "current/..", "../x", ".hidden", "current"])
def test_a_version_name_cannot_leave_its_folder(home: Path, built: Built, version: str) -> None:
    with pytest.raises(ValueError, match="ULID"):
        publishing.publish(
            home, built.build, built.records, dict(FACTS), version=version, now=publishing.datetime.now(publishing.UTC)
        )


def test_two_publishers_do_not_meet(home: Path, built: Built) -> None:
    with FileLock(home / "serve/.lock"), pytest.raises(PublishError, match="another publish"):
        publish_built(home, built)


def test_what_killed_publishes_left_is_removed(home: Path, built: Built) -> None:
    for name in (".candidate-OLD", ".removed-OLD"):
        (home / "serve" / name).mkdir(parents=True)
        (home / "serve" / name / "warehouse.duckdb").write_text("half")
    (home / "serve" / ".pins.json.0a1b2c3d").write_text("[")
    (home / "serve" / ".current.0a1b2c3d").symlink_to("gone")
    publish_built(home, built)
    assert listing(home / "serve") == [ulid(1), "current"]


KILLED = """
import os, signal, sys
from pathlib import Path
from sources.common import disk
from serving import copying, publish, versions
from tests.serving.builds import Built, publish_built

module, name, home, build, records = sys.argv[1:]
owner = {"copying": copying, "disk": disk, "publish": publish}[module]
step, when = name.split(":")
original = getattr(owner, step)

def killed(*arguments):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    original(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, step, killed)
publish_built(Path(home), Built(Path(build), Path(records)), 2)
"""


@pytest.mark.parametrize(
    ("module", "step", "expected"),
    [
        ("copying", "copy_database:after", 1),
        ("disk", "point:before", 1),
        ("disk", "point:after", 2),
        ("publish", "retire:before", 2),
    ],
)
def test_a_killed_publish_serves_the_old_version_or_the_new(
    home: Path, built: Built, module: str, step: str, expected: int
) -> None:
    publish_built(home, built, 1)
    command = [sys.executable, "-c", KILLED, module, step, str(home), str(built.build), str(built.records)]
    killed = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert served_name(home) == ulid(expected)


def test_the_publish_after_a_killed_one_succeeds(home: Path, built: Built) -> None:
    command = [
        sys.executable,
        "-c",
        KILLED,
        "copying",
        "recheck:after",
        str(home),
        str(built.build),
        str(built.records),
    ]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    publish_built(home, built, 3)
    assert listing(home / "serve") == [ulid(3), "current"]
