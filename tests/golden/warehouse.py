"""A whole warehouse in memory from a handful of rows: the real models, MetricFlow's real SQL, and the recomputations.

dbt compiles the project once a test session; a warehouse then takes the compiled SQL of its models, in their order.
Nothing of dbt's own runs: tests and documentation are held elsewhere.
"""

from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from dagster_project import dbt_runner, measure, model_runner
from dagster_project.reuse import Made
from tests.expectations.builds import Load, land

FINAL = "fct_metric_values"


@cache
def ancestors(model: str) -> frozenset[str]:
    """A model and all that it reads, by name."""
    return frozenset({model}).union(*(ancestors(name) for name in model_runner.models()[model].parents))


@cache
def compiled_metrics() -> tuple[measure.Compiled, ...]:
    """The saved queries' SQL."""
    return tuple(measure.compile_project())


@cache
def models_of(metric: str) -> frozenset[str]:
    """The models that a metric's saved queries read, with all that these read."""
    sql = "\n".join(entry.sql for entry in compiled_metrics() if entry.metric == metric)
    read = {
        name
        for name, model in model_runner.models().items()
        if any(f".{model.table} " in f"{line} ".replace('"', "") for line in sql.splitlines())
    }
    return frozenset().union(*(ancestors(name) for name in read))


def landed(loads: Sequence[Load], **settings: Any) -> duckdb.DuckDBPyConnection:
    """A warehouse in memory with these loads in it and nothing else: `warehouse` and `stage`."""
    connection = duckdb.connect()
    connection.execute("set global TimeZone = 'UTC'; set threads = 1")
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
        model_runner.models() if whole else ancestors(FINAL) | ancestors("dim_metric") | ancestors("dim_team"),
        built,
    )
    return connection


def build_and_measure(build: Path, made: Made | None = None) -> None:
    """Every model and metric in a build's files, as a refresh makes them; `made`: what is there already."""
    files = build / "warehouse.duckdb", build / "stage.duckdb"
    manifest = dbt_runner.manifest()
    compiled = [*compiled_metrics()]
    model_runner.build_models(*files, None, made=made)
    measure.fill(*files, manifest, compiled, {}, made=made)
    model_runner.build_models(*files, dbt_runner.AFTER_METRICS, made=made)
    measure.fill(*files, manifest, compiled, {}, second=True, made=made)
    model_runner.build_models(*files, dbt_runner.AFTER_OUTCOME_METRICS, made=made)


def _needed(metrics: Collection[str], late: Collection[str], *, second: bool) -> frozenset[str]:
    """The models that must stand before a round is measured."""
    return frozenset().union(*(models_of(name) for name in metrics if (name in late) is second))


def _build(connection: duckdb.DuckDBPyConnection, models: Collection[str], built: set[str]) -> None:
    model_runner.build(
        connection, [model for name, model in model_runner.models().items() if name in models and name not in built]
    )
    built |= {*models}


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
