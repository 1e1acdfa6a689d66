"""The tables of a build on both sides: Parquet files that one engine writes and the other reads."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
from sqlglot import exp

from dagster_project import measure
from dagster_project.model_runner import Model, hold_contract
from dagster_project.spark.rules import declared_types
from sources.common.limits import of_machine
from sources.common.sql import identifier, literal

PART = "part-0.parquet"  # what DuckDB writes; Spark marks a whole table by _SUCCESS
# catalog, schema, table, column: DuckDB's type
Types = dict[str, dict[str, dict[str, dict[str, str]]]]


def spark_type(duckdb_type: str) -> str:
    """A DuckDB type as Spark's."""
    built = exp.Cast(this=exp.Null(), to=exp.DataType.build(duckdb_type, dialect="duckdb"))
    declared_types(built)
    return built.to.sql("spark")


def ddl(columns: Mapping[str, str]) -> str:
    """Columns with their DuckDB types as a Spark schema."""
    return ", ".join(f"{quoted(name)} {spark_type(kind)}" for name, kind in columns.items())


def quoted(name: str) -> str:
    """A column's name in Spark's SQL."""
    return exp.to_identifier(name, quoted=True).sql("spark")


def column_types(stage: Path, models: Iterable[Model]) -> Types:
    """The column types of every table of a build, as DuckDB gives them to models without rows.

    `stage`: the build's stage file with the landed feeds (`sources.loads.expose`).
    """
    with duckdb.connect(config=of_machine().config()) as connection:
        connection.execute(f"attach {literal(stage)} as landed (read_only)")
        connection.execute("attach ':memory:' as stage; attach ':memory:' as warehouse; set TimeZone = 'UTC'")
        connection.execute("create schema stage.landing")
        for name in landed_tables(connection):
            table = identifier(name)
            connection.execute(f"create table stage.landing.{table} as from landed.landing.{table} limit 0")
        connection.execute("use stage")
        connection.execute(measure.SCHEMA)
        connection.execute("use warehouse")
        for model in models:
            connection.execute(f"create schema if not exists {model.schema}")
            if model.types is not None:
                hold_contract(connection, model.types, model.sql)
            connection.execute(f"create table {model.relation} as from (\n{model.select}\n) limit 0")
        return described(connection)


def export(connection: duckdb.DuckDBPyConnection, relation: str, columns: Mapping[str, str], folder: Path) -> None:
    """Write a relation of DuckDB as a folder of Parquet files that Spark reads with the types of `ddl`."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = ", ".join(
        # DuckDB writes 128-bit integers as doubles
        f"cast({identifier(name)} as {kind.replace('HUGEINT', 'DECIMAL(38,0)')}) as {identifier(name)}"
        for name, kind in columns.items()
    )
    connection.execute(f"copy (select {shown} from {relation}) to {literal(folder / PART)}")


def landed_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables and views of the schema `landing` in the database attached as `landed`."""
    return [
        name
        for (name,) in connection.execute(
            """select table_name from information_schema.tables
            where table_catalog = 'landed' and table_schema = 'landing' order by table_name"""
        ).fetchall()
    ]


def described(connection: duckdb.DuckDBPyConnection) -> Types:
    """The column types of every table of the databases `stage` and `warehouse`."""
    types: Types = {}
    for catalog, schema, table, column, kind in connection.execute(
        """select database_name, schema_name, table_name, column_name, data_type from duckdb_columns()
        where database_name in ('stage', 'warehouse') order by database_name, schema_name, table_name, column_index"""
    ).fetchall():
        types.setdefault(catalog, {}).setdefault(schema, {}).setdefault(table, {})[column] = kind
    return types
