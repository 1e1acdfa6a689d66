"""Reading: a query sees the published tables and nothing else, and changes nothing."""

from pathlib import Path

import pytest

from serving.errors import ReadError
from serving.reader import connect, query
from serving.versions import Version
from sources.common.limits import Limits


@pytest.fixture
def database(published: Version) -> Path:
    """The served version's file, by the path that readers use."""
    return published.folder.parent / "current/warehouse.duckdb"


def test_a_query_gives_columns_and_rows(database: Path) -> None:
    table = query(database, "select initiative_id as id, 1.50::decimal(4, 2) as x from core.dim_initiative order by 1")
    assert table.columns == ("id", "x")
    assert table.to_dicts()[0]["id"] == "I-1"


def test_columns_of_one_name_stay_apart_as_json(database: Path) -> None:
    table = query(database, "select 1 as a, 2 as a_1, 3 as a")
    assert table.to_dicts() == [{"a": 1, "a_1": 2, "a_2": 3}]


def test_csv_quotes_what_needs_it(database: Path) -> None:
    assert query(database, """select 'a "b", c' as x, null as y""").to_csv() == 'x,y\r\n"a ""b"", c",\r\n'


def test_a_decimal_is_written_without_an_exponent(database: Path) -> None:
    assert query(database, "select 0::decimal(28, 10) as x, 1.5 as y").to_csv() == "x,y\r\n0.0000000000,1.5\r\n"


@pytest.mark.parametrize(
    "sql",
    [
        "create table core.x (i int)",
        "delete from core.dim_initiative",
        "update core.dim_initiative set initiative_name = 'x'",
        "insert into core.dim_initiative values (9, 'x', 'x')",
        "drop table core.dim_initiative",
        "comment on table core.dim_initiative is 'x'",
    ],
)
def test_a_reader_cannot_write(database: Path, sql: str) -> None:
    with pytest.raises(ReadError):
        query(database, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/hosts')",
        "select * from read_text('/etc/hosts')",
        "select * from '/etc/hosts'",
        "select * from glob('/*')",
        "copy core.dim_initiative to 'stolen.csv'",
        "export database 'stolen'",
        "attach 'other.duckdb' as other",
        "install httpfs",
        "load httpfs",
    ],
)
def test_a_reader_cannot_reach_files_or_network(database: Path, sql: str) -> None:
    with pytest.raises(ReadError):
        query(database, sql)


@pytest.mark.parametrize(
    "sql", ["set enable_external_access = true", "set lock_configuration = false", "set threads = 1", "reset threads"]
)
def test_a_reader_cannot_change_settings(database: Path, sql: str) -> None:
    with pytest.raises(ReadError, match="locked"):
        query(database, sql)


def test_times_are_utc(database: Path) -> None:
    with connect(database) as connection:
        assert connection.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)


def test_a_missing_version_says_what_to_do(home: Path) -> None:
    with pytest.raises(ReadError, match="outcomes refresh"):
        query(home / "serve/current/warehouse.duckdb", "select 1")


def test_a_torn_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"DUCK" * 2000)
    with pytest.raises(ReadError, match="can't be opened"):
        connect(tmp_path / "warehouse.duckdb")


@pytest.mark.parametrize(
    ("sql", "words"), [("", "empty"), (" -- note\n", "empty"), ("select 1; select 2", "2 statements")]
)
def test_a_query_is_one_statement(sql: str, words: str, database: Path) -> None:
    with pytest.raises(ReadError, match=f"{words}.* To fix: write one SELECT"):
        query(database, sql)


def test_a_query_that_never_ends_is_ended(database: Path) -> None:
    with pytest.raises(ReadError, match=r"it ran for more than 1 seconds.*query_timeout"):
        query(
            database,
            "select count(*) from range(1000000000) a, range(1000000000) b where a.range = b.range + 1",
            seconds=1,
        )


def test_a_query_that_needs_too_much_memory_ends_with_words(database: Path) -> None:
    with pytest.raises(ReadError, match=r"more memory than it may take.*memory_limit"):
        query(database, "select list(hash(range)::varchar) from range(50000000)", Limits(100_000_000, 2))
