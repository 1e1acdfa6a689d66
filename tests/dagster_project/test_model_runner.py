"""Building models by hand: the contract is held, parents come first, and what can't be built is named."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from dagster_project import dbt_runner, model_runner
from dagster_project.dbt_runner import DbtError
from dagster_project.model_runner import Model, build, comment


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("attach ':memory:' as warehouse")
        yield opened


def model(name: str, sql: str, *parents: str, types: dict[str, str] | None = None, **given: Any) -> Model:
    return Model(
        name=name,
        table=f"core.{name}",
        schema="warehouse.core",
        relation=f"warehouse.core.{name}",
        sql=sql,
        tags=frozenset(),
        parents=frozenset(parents),
        types=types,
        comment=given.get("comment", ""),
        comments=given.get("comments", {}),
    )


FIRST = model("first", "select 1 as id union all select 2")
SECOND = model("second", "select id::bigint as id from warehouse.core.first", "first", types={"id": "bigint"})


@pytest.mark.parametrize("at_once", [1, 4])
def test_parents_are_built_first_and_rows_are_counted(connection: duckdb.DuckDBPyConnection, at_once: int) -> None:
    assert [(b.name, b.rows) for b in build(connection, [SECOND, FIRST], at_once)] == [("first", 2), ("second", 2)]


def test_columns_are_in_the_order_of_the_contract(connection: duckdb.DuckDBPyConnection) -> None:
    build(connection, [model("sorted", "select 'x' as b, 1::bigint as a", types={"a": "bigint", "b": "varchar"})])
    described = connection.execute("describe warehouse.core.sorted").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [("a", "BIGINT"), ("b", "VARCHAR")]


@pytest.mark.parametrize(
    ("types", "said"),
    [
        ({"id": "integer"}, "id is BIGINT, declared INTEGER"),
        ({"id": "bigint", "name": "varchar"}, "name is missing, declared VARCHAR"),
        ({"other": "bigint"}, "other is missing, declared BIGINT; id is BIGINT, declared nowhere"),
    ],
)
def test_other_columns_than_those_of_the_contract_are_named(
    connection: duckdb.DuckDBPyConnection, types: dict[str, str], said: str
) -> None:
    with pytest.raises(DbtError, match=rf"model second could not be built: .*{said}\)\. 1 of 2 models .* To fix:"):
        build(connection, [FIRST, replace(SECOND, types=types)])


def test_a_model_that_needs_more_memory_is_named(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set memory_limit = '20MB'; set temp_directory = ''")
    big = model("int_big", "select range as a, hash(range)::varchar as b from range(5000000)")

    with pytest.raises(DbtError, match="model int_big could not be built: Out of Memory Error") as raised:
        build(connection, [big])
    assert "raise memory_limit" in str(raised.value)
    assert "fix the model" not in str(raised.value)


def test_comments_are_written_whatever_they_contain(connection: duckdb.DuckDBPyConnection) -> None:
    said = 'It\'s one row; per $$thing$$.\nAnd "more".'
    commented = replace(FIRST, comment=said, comments={"id": said})
    build(connection, [commented])
    comment(connection, [commented])
    for catalog in ("duckdb_tables()", "duckdb_columns()"):
        assert connection.execute(f"select comment from {catalog} where table_name = 'first'").fetchall() == [(said,)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"config": {"materialized": "view"}}, "materialized: view"),
        ({"config": {"post-hook": [{"sql": "select 1"}]}}, "a hook"),
        ({"constraints": [{"type": "primary_key"}]}, "a constraint"),
    ],
)
def test_what_only_dbt_can_build_is_refused(change: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    uid, node = next(iter(dbt_runner.models().items()))
    changed = {**node, **change, "config": {**node["config"], **change.get("config", {})}}
    monkeypatch.setattr(dbt_runner, "models", lambda: {uid: changed})
    monkeypatch.setattr(dbt_runner, "compiled", lambda: {uid: "select 1"})
    with pytest.raises(DbtError, match=rf"{node['name']} declares {said}, .* To fix:"):
        model_runner.models.__wrapped__()


def test_a_model_that_never_ends_is_ended_and_named(connection: duckdb.DuckDBPyConnection) -> None:
    endless = model(
        "endless", "select count(*) as n from range(1000000000) a, range(1000000000) b where a.range = b.range + 1"
    )

    with pytest.raises(
        DbtError, match=r"model endless could not be built: it ran for more than 1 seconds.*model_timeout"
    ):
        build(connection, [endless], seconds=1)


def test_the_order_in_which_dbt_lists_a_node_s_parents_recompiles_nothing() -> None:
    """dbt lists them by chance, so what a wheel brings would be compiled again."""
    uid, node = max(dbt_runner.models().items(), key=lambda item: len(item[1]["depends_on"]["nodes"]))
    turned = node | {
        "sources": node["sources"][::-1],
        "depends_on": {kind: found[::-1] for kind, found in node["depends_on"].items()},
    }
    assert turned != node
    assert dbt_runner._compile_keys({uid: turned}) == dbt_runner._compile_keys({uid: node})
