"""What a refresh takes over from the build of the published version: nothing that could have come out otherwise."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project import dbt_runner, measure, model_runner, reuse
from expectations import gx, landed
from expectations.recomputations import comparison_sql
from sources.common.contents import SETTINGS, Contents
from sources.common.sql import nodes
from tests.golden import warehouse

NAME = {"a": "one"}
# functions that DuckDB calls consistent, as they are within one query
CLOCK = {"now", "today", "current_date", "current_timestamp", "current_time", "localtime", "localtimestamp",
         "get_current_timestamp", "transaction_timestamp", "getvariable", "current_setting"}  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with every table, though without a row."""
    with warehouse.measured([], measure.metrics(), whole=True) as connection:
        yield connection


def statements() -> dict[str, str]:
    """All SQL whose result is taken over, by the name of what it makes."""
    compiled, tests = dbt_runner.compiled(), dbt_runner.data_tests()
    return {
        **{f"model {name}": model.select for name, model in model_runner.models().items()},
        **{f"test {test['name']}": compiled[uid] for uid, test in tests.items()},
        **{
            f"query {entry.metric} {entry.grain} {entry.dimension}": measure.cells_sql(entry)
            for entry in measure.compile_project()
        },
        **{f"suite {check.name}": gx.failing_rows_sql(check) for check in gx.load_checks()},
    }


def functions_of(connection: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The functions that DuckDB's parser finds in a query."""
    return {node["function_name"] for node in nodes(connection, sql) if node.get("class") == "FUNCTION"}


def tables_of(connection: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The relations that DuckDB's parser finds in a query, as schema.name; without a schema what no CTE is called."""
    parsed = [*nodes(connection, sql)]
    assert "statements" in parsed[0], parsed[0]
    ctes = {entry["key"] for node in parsed for entry in (node.get("cte_map") or {}).get("map", ())}
    tables = [node for node in parsed if node.get("type") == "BASE_TABLE"]
    named = {f"{node['schema_name']}.{node['table_name']}" for node in tables if node["schema_name"]}
    return named | ({node["table_name"] for node in tables if not node["schema_name"]} - ctes)


def test_all_that_a_query_reads_is_named_in_its_sql(whole: duckdb.DuckDBPyConnection) -> None:
    contents = Contents.of_build(whole)
    missing = {name: tables_of(whole, sql) - {*contents.read_by(sql)} for name, sql in statements().items()}
    assert {name: tables for name, tables in missing.items() if tables} == {}


def test_all_that_a_recomputation_reads_is_named_in_its_sql(whole: duckdb.DuckDBPyConnection) -> None:
    contents, missing = Contents.of_build(whole), dict[str, set[str]]()
    for metric in measure.metrics().values():
        sql = comparison_sql(metric)
        read = landed.relations(whole, sql)
        texts = [sql, *read.values()]
        found = set[str]().union(*(tables_of(whole, text) for text in texts))
        missing[metric.name] = found - {f"feed.{name}" for name in read} - {*contents.read_by("\n".join(texts))}
    assert {name: tables for name, tables in missing.items() if tables} == {}


def test_no_query_depends_on_anything_but_what_it_reads(whole: duckdb.DuckDBPyConnection) -> None:
    volatile = {
        name
        for (name,) in whole.execute(
            "select function_name from duckdb_functions() where stability <> 'CONSISTENT'"
        ).fetchall()
    } | CLOCK
    found = {name: functions_of(whole, sql) & volatile for name, sql in statements().items()}
    assert {name: functions for name, functions in found.items() if functions} == {}


def settings_read(connection: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """The columns of the settings that DuckDB scans for a query, once it has left out those which it doesn't use."""
    # which would both leave out what reads a table without rows
    connection.execute("set disabled_optimizers = 'statistics_propagation,empty_result_pullup'")
    row = connection.execute(f"explain (format json) {sql}").fetchone()
    assert row is not None
    left, columns = json.loads(row[1]), set[str]()
    while left:
        node = left.pop()
        left += node["children"]
        scanned = node["extra_info"]
        if scanned.get("Table", "").endswith(tuple(SETTINGS)):
            found = scanned.get("Projections", "")
            columns |= {found} if isinstance(found, str) else {*found}
    return columns - {""}  # only that it has a row


def read_by_a_star(connection: duckdb.DuckDBPyConnection, sqls: dict[str, str]) -> dict[str, set[str]]:
    """Of queries that name columns of the settings, the other columns that they read."""
    contents, found = Contents.of_build(connection), dict[str, set[str]]()
    for name, sql in sqls.items():
        for relation in SETTINGS & {*contents.read_by(sql)}:
            if named := {*contents.columns_named(connection, sql, relation)}:
                found[name] = settings_read(connection, sql) - named
    return {name: columns for name, columns in found.items() if columns}


def test_no_query_reads_settings_that_it_does_not_name(whole: duckdb.DuckDBPyConnection) -> None:
    assert read_by_a_star(whole, statements()) == {}


def test_no_recomputation_reads_settings_that_it_does_not_name(whole: duckdb.DuckDBPyConnection) -> None:
    sqls = dict[str, str]()
    for metric in measure.metrics().values():
        sql = comparison_sql(metric)
        sqls |= {metric.name: sql} | {f"feed.{name}": select for name, select in landed.relations(whole, sql).items()}
    landed.provide(whole, "\n".join(sqls.values()))
    assert read_by_a_star(whole, sqls) == {}


@pytest.mark.parametrize("sql", ["select *", "select to_json(settings)", "select time_zone, columns('.*_at')"])
def test_what_a_star_reads_of_the_settings_is_noticed(sql: str, whole: duckdb.DuckDBPyConnection) -> None:
    read = f"{sql} from stage.landing.settings as settings where time_zone <> ''"
    assert "as_of_at" in read_by_a_star(whole, {"q": read})["q"]


def noted(build: Path, **more: object) -> Path:
    """A build folder with a note and no table."""
    build.mkdir()
    for name in ("warehouse", "stage"):
        duckdb.connect(str(build / f"{name}.duckdb")).close()
    (build / reuse.NOTE).write_text(json.dumps({"code": "c", "published": "v", "keys": NAME, "seen": NAME} | more))
    return build


@pytest.fixture
def no_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project without models, so that a build without tables is whole."""
    monkeypatch.setattr(model_runner, "models", dict)
    monkeypatch.setattr(measure, "INPUTS", ())
    monkeypatch.setattr(measure, "DEFINITIONS", "metric_definitions")


@pytest.mark.usefixtures("no_tables")
def test_the_note_is_gone_while_a_build_is_changed(tmp_path: Path) -> None:
    build = noted(tmp_path / "build")
    with duckdb.connect(str(build / "stage.duckdb")) as connection:
        connection.execute("create schema metricflow; create table metricflow.metric_definitions (a int)")
    made = reuse.begin(build, "c", from_scratch=False)
    assert (made.keys, made.seen, made.published, (build / reuse.NOTE).exists()) == (NAME, NAME, "v", False)
    reuse.end(build, "c", made, "w")
    assert json.loads((build / reuse.NOTE).read_text()) == {"code": "c", "published": "w", "keys": NAME, "seen": NAME}


@pytest.mark.parametrize(
    "why", ["other code", "from scratch", "no note", "a torn note", "a note of something else", "damaged"]
)
@pytest.mark.usefixtures("no_tables")
def test_a_build_begins_from_nothing(why: str, tmp_path: Path) -> None:
    build = noted(tmp_path / "build")
    with duckdb.connect(str(build / "stage.duckdb")) as connection:
        connection.execute("create schema metricflow; create table metricflow.metric_definitions as from range(100000)")
    note, stage = build / reuse.NOTE, build / "stage.duckdb"
    if why == "no note":
        note.unlink()
    elif why == "a torn note":
        note.write_text(note.read_text()[:20])
    elif why == "a note of something else":
        note.write_text("[]")
    elif why == "damaged":
        content = bytearray(stage.read_bytes())
        content[len(content) // 2] ^= 1
        stage.write_bytes(content)

    made = reuse.begin(build, "d" if why == "other code" else "c", from_scratch=why == "from scratch")

    assert (made.keys, made.published, [*build.iterdir()]) == ({}, None, [])
