"""A whole warehouse in memory from a handful of rows: the real models, MetricFlow's real SQL, and the recomputations.

dbt compiles the project once a test session; a warehouse then takes the compiled SQL of its models, in their order.
Nothing of dbt's own runs: tests and documentation are held elsewhere.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from dagster_project import dbt_runner, measure
from tests.expectations.builds import Load, land

FINAL = "fct_metric_values"


@cache
def compiled_models() -> dict[str, tuple[str, str]]:
    """Of each model its relation and its compiled SQL, parents first."""
    nodes, compiled = dbt_runner.models(), dbt_runner.compiled()
    order = TopologicalSorter(
        {uid: [on for on in node["depends_on"]["nodes"] if on in nodes] for uid, node in nodes.items()}
    )
    return {
        nodes[uid]["name"]: (
            f"{nodes[uid]['database']}.{nodes[uid]['schema']}.{nodes[uid]['name']}",
            as_declared(nodes[uid], compiled[uid]),
        )
        for uid in order.static_order()
    }


def as_declared(node: Mapping[str, Any], sql: str) -> str:
    """A model's rows in the types of its contract, as dbt inserts them; a model without one as it is."""
    if not node["config"]["contract"]["enforced"]:
        return sql
    columns = ", ".join(f"{name}::{column['data_type']} as {name}" for name, column in node["columns"].items())
    return f"select {columns} from (\n{sql}\n) as rows"


@cache
def ancestors(model: str) -> frozenset[str]:
    """A model and all that it reads, by name."""
    nodes = {node["name"]: node for node in dbt_runner.models().values()}
    names = {uid: node["name"] for uid, node in dbt_runner.models().items()}
    above = {names[on] for on in nodes[model]["depends_on"]["nodes"] if on in names}
    return frozenset({model}).union(*(ancestors(name) for name in above))


@cache
def compiled_metrics() -> tuple[measure.Compiled, ...]:
    """The saved queries' SQL."""
    return tuple(measure.compile_project())


@cache
def models_of(metric: str) -> frozenset[str]:
    """The models that a metric's saved queries read, with all that these read."""
    names = compiled_models()
    sql = "\n".join(entry.sql for entry in compiled_metrics() if entry.metric == metric)
    read = {
        name
        for name, (relation, _) in names.items()
        if any(f".{relation.split('.', 1)[1]} " in f"{line} ".replace('"', "") for line in sql.splitlines())
    }
    return frozenset().union(*(ancestors(name) for name in read))


def landed(loads: Sequence[Load], **settings: Any) -> duckdb.DuckDBPyConnection:
    """A warehouse in memory with these loads in it and nothing else: `warehouse` and `stage`."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'; set threads = 1")
    with TemporaryDirectory() as folder:
        stage = Path(folder) / "stage.duckdb"
        land(stage, loads, **settings)
        connection.execute("attach ':memory:' as warehouse; attach ':memory:' as stage")
        connection.execute(f"attach '{stage}' as landed (read_only)")
        connection.execute("copy from database landed to stage")
        connection.execute("detach landed")
    connection.execute("use warehouse")
    return connection


def built(loads: Sequence[Load], models: Collection[str], **settings: Any) -> duckdb.DuckDBPyConnection:
    """A warehouse of these loads with these models, none of which reads metrics."""
    connection = landed(loads, **settings)
    _build(connection, models, set())
    return connection


def failing_tests(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of the data tests that fail in a warehouse, of those that read nothing that isn't built in it."""
    nodes, compiled = dbt_runner.models(), dbt_runner.compiled()
    there = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    return sorted(
        test["name"]
        for uid, test in dbt_runner.data_tests().items()
        if there >= {nodes[on]["name"] for on in test["depends_on"]["nodes"] if on in nodes}
        and connection.execute(f"select exists (from (\n{compiled[uid]}\n))").fetchone() == (True,)
    )


def measured(
    loads: Sequence[Load], metrics: Collection[str], *, whole: bool = False, **settings: Any
) -> duckdb.DuckDBPyConnection:
    """A warehouse of these loads in which these metrics are measured, as a connection; `warehouse` and `stage` in it.

    It has the models that the metrics need; with `whole`, all of them.
    """
    connection = landed(loads, **settings)
    manifest = dbt_runner.manifest()
    measure.define(connection, manifest, compiled_metrics(), {})
    connection.execute(f"delete from stage.metricflow.metric_definitions where metric_name not in ({_listed(metrics)})")
    late = measure.second_round(manifest)
    queries = [entry for entry in compiled_metrics() if entry.metric in metrics]
    built: set[str] = set()
    _build(connection, _needed(metrics, late, second=False), built)
    measure.measure(connection, [entry for entry in queries if not entry.is_second_round])
    if late & set(metrics):
        _build(connection, _needed(metrics, late, second=True), built)
        measure.measure(connection, [entry for entry in queries if entry.is_second_round])
    _build(
        connection,
        compiled_models() if whole else ancestors(FINAL) | ancestors("dim_metric") | ancestors("dim_team"),
        built,
    )
    return connection


def build_and_measure(build: Path) -> None:
    """Every model and metric in a build's files, as a refresh makes them, without dbt, which takes most of the time."""
    manifest = dbt_runner.manifest()
    late, metrics = measure.second_round(manifest), [*measure.governed(manifest)]
    built: set[str] = set()
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'; set threads = 1")
        for name in ("warehouse", "stage"):
            connection.execute(f"attach '{build / name}.duckdb' as {name}")
        connection.execute("use warehouse")
        measure.define(connection, manifest, compiled_metrics(), {})
        for second in (False, True):
            _build(connection, _needed(metrics, late, second=second), built)
            measure.measure(connection, [e for e in compiled_metrics() if e.is_second_round is second])
        _build(connection, compiled_models(), built)


def _needed(metrics: Collection[str], late: Collection[str], *, second: bool) -> frozenset[str]:
    """The models that must stand before a round is measured."""
    return frozenset().union(*(models_of(name) for name in metrics if (name in late) is second))


def _build(connection: duckdb.DuckDBPyConnection, models: Collection[str], built: set[str]) -> None:
    for name, (relation, sql) in compiled_models().items():
        if name in models and name not in built:
            connection.execute(f"create schema if not exists {relation.rpartition('.')[0]}")
            connection.execute(f"create table {relation} as {sql}")
            built.add(name)


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
