"""Each unit test of dbt's YAML as a test of its own: the model's compiled SQL over the rows given, in memory.

As in dbt, an input has the columns and types of the relation that it stands for, NULL where a row says nothing of one, and
the columns that are expected are compared, whatever the order of the rows. `dbt test` works as ever, and takes longer.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import dbt_runner
from dagster_project.settings import workspace
from sources import loads
from sources.common.sql import identifier, literal
from tests.conftest import shared
from tests.end_to_end.harness import TINY
from tests.golden.warehouse import build_and_measure

Types = Mapping[str, Mapping[str, str]]  # relation: {column: type}

UNIT_TESTS = {f"{test['model']}-{test['name']}": test for test in dbt_runner.manifest()["unit_tests"].values()}


@pytest.fixture(scope="session")
def types(tmp_path_factory: pytest.TempPathFactory) -> Types:
    """The columns of every relation of a build, by `database.schema.table`: of one in which nothing has landed."""
    folder = shared(tmp_path_factory, "empty_build", _build_empty)
    return json.loads((folder / "types.json").read_text())


def _build_empty(folder: Path) -> None:
    portfolio = workspace(TINY).portfolio
    folder.mkdir()
    nothing = loads.Frozen((), portfolio.now())
    loads.expose(nothing, folder, folder / "stage.duckdb", portfolio.build_settings(portfolio.now()))
    build_and_measure(folder)
    found: dict[str, dict[str, str]] = {}
    for name in ("warehouse", "stage"):
        with duckdb.connect(str(folder / f"{name}.duckdb"), read_only=True) as connection:
            for schema, table, column, kind in connection.execute(
                "select schema_name, table_name, column_name, data_type from duckdb_columns() order by all"
            ).fetchall():
                found.setdefault(f"{name}.{schema}.{table}", {})[column] = kind
    (folder / "types.json").write_text(json.dumps(found))


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set TimeZone = 'UTC'; attach ':memory:' as warehouse; attach ':memory:' as stage")
        opened.execute("use warehouse")
        yield opened


def relation(given: str) -> str:
    """`ref('x')` or `source('x', 'y')` as `database.schema.table`."""
    manifest = dbt_runner.manifest()
    kind, _, names = given.removesuffix(")").partition("(")
    named = [name.strip("' \"") for name in names.split(",")]
    if kind == "source":
        [node] = [n for n in manifest["sources"].values() if [n["source_name"], n["name"]] == named]
    else:
        [node] = [n for n in dbt_runner.models().values() if [n["name"]] == named]
    return f"{node['database']}.{node['schema']}.{node['name']}"


def select_of(rows: str | Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> str:
    """A SELECT of rows, typed; SQL as it is."""
    if isinstance(rows, str):
        return rows
    if unknown := {name for row in rows for name in row} - types.keys():
        raise AssertionError(f"there is no column {', '.join(sorted(unknown))}; there are {', '.join(types)}")
    selects = [
        "select " + ", ".join(f"{_value(row.get(name))}::{kind} as {identifier(name)}" for name, kind in types.items())
        for row in rows
    ]
    nothing = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in types.items())
    return " union all ".join(selects) or f"select {nothing} where false"


def _value(value: Any) -> str:
    return "null" if value is None else literal(value) if isinstance(value, str) else str(value)


@pytest.mark.parametrize("name", sorted(UNIT_TESTS))
def test_formula(name: str, connection: duckdb.DuckDBPyConnection, types: Types) -> None:
    test = UNIT_TESTS[name]
    for given in test["given"]:
        table = relation(given["input"])
        connection.execute(f"create schema if not exists {table.rpartition('.')[0]}")
        connection.execute(f"create table {table} as {select_of(given['rows'], types[table])}")
    [model] = [uid for uid, node in dbt_runner.models().items() if node["name"] == test["model"]]
    connection.execute(f"create table memory.actual as {dbt_runner.compiled()[model]}")
    kinds = dict(row[:2] for row in connection.execute("describe memory.actual").fetchall())
    rows = test["expect"]["rows"]
    columns = list(rows[0]) if rows and not isinstance(rows, str) else list(kinds)
    named = ", ".join(map(identifier, columns))
    wanted = select_of(rows, {column: kinds.get(column, "no such column") for column in columns})

    missing, unexpected = (
        connection.execute(f"({one}) except all ({other}) order by all").fetchall()
        for one, other in (
            (f"select {named} from ({wanted})", f"select {named} from memory.actual"),
            (f"select {named} from memory.actual", f"select {named} from ({wanted})"),
        )
    )
    shown = [["", *columns], *(["missing", *row] for row in missing), *(["unexpected", *row] for row in unexpected)]
    assert not (missing or unexpected), "\n" + "\n".join(" | ".join(map(str, row)) for row in shown)


def test_no_metric_adds_up_floats(types: Types, connection: duckdb.DuckDBPyConnection) -> None:
    """Such a sum ends in other digits where the rows come in another order, as with another number of threads."""
    found: dict[str, str] = {}
    for model in json.loads(dbt_runner.semantic_manifest().read_text())["semantic_models"]:
        place = model["node_relation"]
        columns = types[f"{place['database']}.{place['schema_name']}.{place['alias']}"]
        row = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in columns.items())
        for measure in model["measures"]:
            if measure["agg"] in ("sum", "average"):
                sql = f"describe select ({measure['expr'] or measure['name']}) as added from (select {row})"
                found[f"{model['name']}.{measure['name']}"] = connection.execute(sql).fetchall()[0][1]

    # of which there is one row for each day and member, so that nothing is added up
    assert {name for name, kind in found.items() if kind in ("DOUBLE", "FLOAT")} == {
        "active_users.mean_users_of_28_days"
    }
    assert len(found) > 100
