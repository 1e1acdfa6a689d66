"""What SQL reads, and what a relation holds."""

import duckdb
import pytest

from sources.common.contents import Contents, checksum, feeds_read

LOADS, SETTINGS = "stage.landing.loads", "stage.landing.settings"


@pytest.mark.parametrize(
    ("sql", "feeds"),
    [
        (f"select * from {LOADS} where feed = 'teams'", ["teams"]),
        (f"select * from {LOADS} as l where l.feed = 'teams' and deletes", ["teams"]),
        (f"select * from {LOADS} where (deletes or true) and feed = 'teams'", ["teams"]),
        (f"with l as (from {LOADS} where feed = 'teams') from l where feed = 'people'", ["teams"]),
        (f"from {LOADS} where feed = 'teams' union all from {LOADS} where feed = 'people'", ["people", "teams"]),
        (f"from {LOADS} where feed = 'teams' union all from {LOADS}", []),
        (f"from {LOADS} where feed = 'teams' or deletes", []),
        (f"from {LOADS} where feed <> 'teams'", []),
        (f"from {LOADS} where not (feed = 'teams')", []),
        (f"from {LOADS} where upper(feed) = 'TEAMS'", []),
        (f"from {LOADS} where feed = source", []),
        (f"from {LOADS}", []),
        (f"from {LOADS} as a cross join {LOADS} as b where a.feed = 'teams'", []),
        (f"select (select count(*) from {LOADS} where o.feed = 'teams') from stage.landing.feeds as o", []),
        (f"with l as (select * from {LOADS}) select * from l where feed = 'teams'", []),
        ("from stage.landing.feeds where feed = 'teams'", []),
    ],
)
def test_the_loads_of_a_feed_are_read_alone(sql: str, feeds: list[str]) -> None:
    with duckdb.connect() as connection:
        assert feeds_read(connection, sql, "landing.loads") == feeds


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """A build with a list of loads and a table."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as stage; create schema stage.landing; create schema core")
    connection.execute("create table stage.landing.loads as select 'teams' as feed, 1 as load_seq")
    connection.execute("create table core.t as from range(3) as r(a)")
    connection.execute("create table stage.landing.settings as select 1 as as_of_at, 'UTC' as time_zone")
    return connection


@pytest.mark.parametrize(
    ("change", "sql", "changes"),
    [
        ("insert into core.t values (0)", "from core.t", True),
        ("update core.t set a = 7 where a = 2", 'from "memory"."core"."t"', True),
        ("delete from core.t where a = 1", "from core.t", True),
        ("alter table core.t rename a to b", "from core.t", True),
        ("alter table core.t alter a type integer", "from core.t", True),
        ("create or replace table core.t as from range(2, -1, -1) as r(a)", "from core.t", False),
        ("insert into stage.landing.loads values ('people', 2)", "from core.t", False),
        ("insert into stage.landing.loads values ('people', 2)", f"from {LOADS}", True),
        ("insert into stage.landing.loads values ('people', 2)", f"from {LOADS} where feed = 'teams'", False),
        ("insert into stage.landing.loads values ('teams', 2)", f"from {LOADS} where feed = 'teams'", True),
        ("update stage.landing.loads set feed = 'people'", f"from {LOADS} where feed = 'teams'", True),
        ("update stage.landing.settings set as_of_at = 2", f"select time_zone from {SETTINGS}", False),
        ("update stage.landing.settings set as_of_at = 2", f"select time_zone, AS_OF_AT from {SETTINGS}", True),
        ("update stage.landing.settings set time_zone = 'CET'", f"select time_zone from {SETTINGS}", True),
        ("update stage.landing.settings set as_of_at = 2", f"from {SETTINGS}", True),
    ],
)
def test_a_key_changes_with_what_its_sql_reads(
    change: str, sql: str, changes: bool, connection: duckdb.DuckDBPyConnection
) -> None:
    before = Contents.of_build(connection).key(connection, sql)
    connection.execute(change)
    assert (Contents.of_build(connection).key(connection, sql) != before) is changes


def test_a_relation_is_looked_at_again_only_when_it_is_forgotten(connection: duckdb.DuckDBPyConnection) -> None:
    contents = Contents.of_build(connection)
    before = contents.of(connection, "core.t")
    connection.execute("insert into core.t values (9)")
    assert contents.of(connection, "core.t") == before
    contents.forget("core.t")
    assert contents.of(connection, "core.t") != before


def test_a_part_is_forgotten_with_its_relation(connection: duckdb.DuckDBPyConnection) -> None:
    contents, sql = Contents.of_build(connection), f"from {LOADS} where feed = 'teams'"
    before = contents.key(connection, sql)
    connection.execute("insert into stage.landing.loads values ('teams', 2)")
    contents.forget("landing.loads")
    assert contents.key(connection, sql) != before


def test_landed_files_are_not_read_but_known_by_their_seals(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        create table stage.landing.contents as select 'landing.teams' as relation_name, 'sealed' as fingerprint;
        create view stage.landing.teams as select error('read')
    """)
    assert Contents.of_build(connection).of(connection, "landing.teams") == "sealed"


def test_a_checksum_notices_doubled_rows_and_no_order(connection: duckdb.DuckDBPyConnection) -> None:
    def of(sql: str) -> object:
        return checksum(connection, f"({sql})", ["a"])

    assert of("select unnest([1, 2]) as a") == of("select unnest([2, 1]) as a")
    assert of("select unnest([1, 2, 2]) as a") != of("select unnest([1, 2]) as a")
    assert of("select unnest([1, 2, 2]) as a") != of("select unnest([1, 1, 2]) as a")
