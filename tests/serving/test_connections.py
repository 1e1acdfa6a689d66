"""Every connection to a published file is read-only, without files or network, with locked settings: one helper opens it."""

import ast
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from serving import reader
from serving.differences import compare
from serving.errors import ReadError
from serving.figures import scores
from serving.page import draw_version
from serving.scorecard import scorecard
from serving.unlinked import unlinked
from serving.versions import Version, verify
from tests.serving.builds import Built, publish_built

ROOT = Path(__file__).parents[2]

# who else opens a DuckDB file, how often, and what; sources/ and expectations/ know no published file
OTHERS = {
    "dagster_project/doctor.py": (2, "databases in memory, of the loads there are"),
    "dagster_project/history.py": (1, "Dagster's history, in SQLite"),
    "dagster_project/freshness.py": (1, "a database in memory, of the loads there are"),
    "dagster_project/repairing.py": (1, "a database in memory, to see which check records can be read"),
    "serving/reader.py": (2, "published files"),
    "serving/copying.py": (1, "a build, and the candidate until it is published"),
    "dagster_project/model_runner.py": (1, "a build"),
    "dagster_project/spark/engine.py": (1, "a database in memory, with a build's stage file"),
    "dagster_project/spark/tables.py": (1, "a database in memory, of models without rows"),
}
OPENERS = {"connect", "create_engine", "DuckDBPyConnection"}


def opened(path: Path) -> int:
    """How often a module opens a database: `duckdb.connect`, `create_engine`, however they were imported."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    direct = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in ("duckdb", "sqlalchemy")
        for alias in node.names
    }
    attributes = [c for c in calls if isinstance(c, ast.Attribute) and isinstance(c.value, ast.Name)]
    by_module = sum(c.attr in OPENERS and c.value.id in ("duckdb", "sqlalchemy") for c in attributes)  # type: ignore[attr-defined]
    by_name = sum(isinstance(c, ast.Name) and c.id in direct and c.id in OPENERS for c in calls)
    return by_module + by_name


def test_no_other_module_opens_a_database() -> None:
    found = Counter(
        {
            path.relative_to(ROOT).as_posix(): opened(path)
            for package in ("serving", "dagster_project")
            for path in sorted((ROOT / package).rglob("*.py"))
        }
    )
    assert +found == Counter({name: count for name, (count, _) in OTHERS.items()}), (
        "open published files with serving.reader.connect or attach; list what else is opened here"
    )


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What each connection that the reader gives away is set to."""
    seen: list[tuple[str, ...]] = []
    original = reader._locked

    def watched(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        ready = original(connection)
        values = ready.execute(
            "select current_setting('enable_external_access')::varchar, current_setting('lock_configuration')::varchar, "
            "(select bool_and(readonly)::varchar from duckdb_databases() where path is not null)"
        ).fetchone()
        seen.append(values or ())
        return ready

    monkeypatch.setattr(reader, "_locked", watched)
    return seen


@pytest.fixture(scope="module")
def pair(built: Built, tmp_path_factory: pytest.TempPathFactory) -> tuple[Version, Version]:
    """Two versions; nobody changes them."""
    home = tmp_path_factory.mktemp("pair")
    return publish_built(home, built, 1), publish_built(home, built, 2)


@pytest.mark.parametrize("what", ["query", "page", "differences", "unlinked", "scorecard", "verify"])
def test_whatever_reads_a_version_reads_it_locked(
    pair: tuple[Version, Version], settings: list[tuple[str, ...]], what: str
) -> None:
    before, after = pair
    changes = duckdb.sql("select null::varchar as feed limit 0").arrow()
    try:
        match what:
            case "query":
                reader.query(after.database, "select 1")
            case "page":
                draw_version(after.folder)
            case "differences":
                compare(before, after, changes)
            case "unlinked":
                unlinked(after)
            case "scorecard":
                scorecard(scores(reader.connect(after.database)), "EUR", ())
            case _:
                verify(after)
    except ReadError:  # the small build lacks columns that some of them ask for
        assert what in ("differences", "unlinked")
    assert settings == [("false", "true", "true")]


def test_several_versions_are_attached_locked(pair: tuple[Version, Version]) -> None:
    with reader.attach({"before": pair[0].database, "after": pair[1].database}) as connection:
        assert connection.execute(
            "select count(*) from before.core.dim_initiative, after.core.dim_initiative"
        ).fetchone()
        for sql in (
            "create table before.core.x (i int)",
            "select * from read_text('/etc/hosts')",
            "attach 'other.duckdb' as other",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)


def test_a_missing_version_is_named(pair: tuple[Version, Version], tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=str(tmp_path / "gone.duckdb")):
        reader.attach({"before": pair[0].database, "after": tmp_path / "gone.duckdb"})
