"""Run compiled statements on Spark, in dbt's order, and exchange their tables with DuckDB as Parquet."""

import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.schema import MappingSchema

from dagster_project.measure import Compiled, cells_sql
from dagster_project.spark import SparkError, tables
from dagster_project.spark.rules import view_name
from dagster_project.spark.session import told
from dagster_project.spark.transpile import to_spark
from dagster_project.spark.types import Node, duckdb_schema
from sources.common.limits import of_machine
from sources.common.sql import identifier, literal

WHOLE = "_SUCCESS"  # Spark's mark of a folder that it has written
# saved queries in one statement, and statements at a time: a job has costs of its own, a longer plan takes more to
# optimise, and planning keeps one core busy
QUERIES, STATEMENTS = 20, 4


@dataclass
class Engine:
    """A session, the folder of the tables that it writes, `<schema>/<table>/`, and DuckDB's types of all tables."""

    session: Any
    folder: Path
    types: tables.Types

    @cached_property
    def schema(self) -> MappingSchema:
        """The types for rules."""
        return duckdb_schema(self.types)

    def place(self, schema: str, table: str) -> Path:
        """The folder of a table's Parquet files."""
        return self.folder / schema / table

    def columns(self, schema: str, table: str) -> dict[str, str]:
        """A table's columns with DuckDB's types."""
        return next(held[schema][table] for held in self.types.values() if table in held.get(schema, {}))

    def show_landed(self, stage: Path) -> None:
        """Let statements read the schema `landing` of a stage file: the feeds' own files, all else as DuckDB has it."""
        with duckdb.connect(config=of_machine().config()) as connection:
            connection.execute(f"attach {literal(stage)} as landed (read_only); set TimeZone = 'UTC'")
            views = dict(
                connection.execute(
                    """select view_name, sql from duckdb_views()
                    where database_name = 'landed' and schema_name = 'landing'"""
                ).fetchall()
            )
            feeds: dict[str, tuple[Node, str, list[str]]] = {}
            for name in tables.landed_tables(connection):
                if parts := _parts(views.get(name)):
                    feeds[name] = parts
                    select, reads, _ = parts
                    described = connection.execute(f"describe (from {reads})").fetchall()
                    self.types["stage"]["landing"][_part_view(name)] = {c: kind for c, kind, *_ in described}
                else:
                    relation = f"landed.landing.{identifier(name)}"
                    columns = self.columns("landing", name)
                    tables.export(connection, relation, columns, self.place("landing", name))
                    self.show("landing", name)
        self.__dict__.pop("schema", None)
        for name, (select, _, files) in feeds.items():
            columns = {c: kind for c, kind in self.columns("landing", _part_view(name)).items() if c != "filename"}
            with told(f"the feed {name}"):
                parts = self.session.read.schema(tables.ddl(columns)).parquet(*files)
                parts = parts.selectExpr("*", "_metadata.file_path as filename")
                parts.createOrReplaceTempView(view_name("landing", _part_view(name)))
                rows = self.session.sql(to_spark(select, self.schema, f"the feed {name}"))
                rows.createOrReplaceTempView(view_name("landing", name))

    def show_built(self) -> None:
        """Let statements read the tables that were written before, whole."""
        for held in self.types.values():
            for schema, written in held.items():
                for table in written if schema != "landing" else ():
                    if self._parts(schema, table):
                        self.show(schema, table)

    def _parts(self, schema: str, table: str) -> list[Path]:
        """The folders of a table's files that are whole: its own, or those that were written side by side."""
        place = self.place(schema, table)
        is_whole = any((place / name).exists() for name in (WHOLE, tables.PART))
        return [place] if is_whole else sorted(done.parent for done in place.glob(f"*/{WHOLE}"))

    def show(self, schema: str, table: str, files: Sequence[Path] = ()) -> None:
        """Let statements read a table, of these files or of what was written."""
        with told(f"{schema}.{table}"):
            reader = self.session.read.schema(tables.ddl(self.columns(schema, table)))
            frame = reader.parquet(*map(str, files or self._parts(schema, table)))
            frame.createOrReplaceTempView(view_name(schema, table))

    def run(self, sql: str, name: str, schema: str, table: str) -> None:
        """Write what a DuckDB statement gives as a table's files. Raises SparkError naming the statement."""
        self.write(to_spark(sql, self.schema, name), name, schema, table)

    def write(self, statement: str, name: str, schema: str, table: str) -> None:
        """The same of a statement of Spark."""
        self._write(statement, name, self.columns(schema, table), self.place(schema, table))

    def _write(self, statement: str, name: str, columns: Mapping[str, str], place: Path) -> None:
        with told(name):
            frame = self.session.sql(statement)
            self._refuse_other_columns(frame, columns)
            cast = [
                f"cast({tables.quoted(c)} as {tables.spark_type(t)}) as {tables.quoted(c)}" for c, t in columns.items()
            ]
            frame.selectExpr(*cast).write.mode("overwrite").parquet(str(place))

    def measure(self, compiled: Sequence[Compiled], table: str) -> None:
        """Write the cells of saved queries as `metricflow.<table>`, several statements of several queries at a time.

        Raises SparkError.
        """
        place = self.place("metricflow", table)
        shutil.rmtree(place, ignore_errors=True)
        chunks = [compiled[start : start + QUERIES] for start in range(0, len(compiled), QUERIES)]
        with ThreadPoolExecutor(STATEMENTS) as pool:
            running = [pool.submit(self._measure, chunk, table, place / str(at)) for at, chunk in enumerate(chunks)]
            try:
                for future in running:
                    future.result()
            except Exception:
                pool.shutdown(cancel_futures=True)
                raise
        self.show("metricflow", table)

    def _measure(self, compiled: Sequence[Compiled], table: str, part: Path) -> None:
        statements = [
            to_spark(cells_sql(entry), self.schema, f"metric {entry.metric} by {entry.dimension} and {entry.grain}")
            for entry in compiled
        ]
        named = f"the metrics {', '.join(sorted({entry.metric for entry in compiled}))}"
        cells = " UNION ALL ".join(f"SELECT * FROM ({statement})" for statement in statements)
        self._write(cells, named, self.columns("metricflow", table), part)

    def _refuse_other_columns(self, frame: Any, wanted: Mapping[str, str]) -> None:
        """Raise SparkError where a statement's columns aren't those of DuckDB, or another kind of value."""
        found = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
        wrong = [
            f"{name} is {found.get(name, 'missing')}, on DuckDB {kind}"
            for name, kind in wanted.items()
            if name not in found or _family(found[name]) not in (_family(tables.spark_type(kind).lower()), "void")
        ]
        wrong += [f"{name} is nowhere on DuckDB" for name in found if name not in wanted]
        if wrong:
            raise SparkError(f"its columns are not those on DuckDB ({'; '.join(wrong)})")


def _family(spark_type: str) -> str:
    """What a type's values have in common: a whole number may come as a wider one or as a decimal."""
    head = spark_type.split("(", maxsplit=1)[0].split("<", maxsplit=1)[0]
    return "exact" if head in ("tinyint", "smallint", "int", "bigint", "decimal") else head


def _part_view(feed: str) -> str:
    return f"_parts_{feed}"


def _parts(view: str | None) -> tuple[Node, str, list[str]] | None:
    """Of a view over landed files: its SELECT, which reads `_parts_<feed>` instead; DuckDB's reading; and the files."""
    if view is None:
        return None
    created = sqlglot.parse_one(view, read="duckdb")
    select = created.expression
    reads = list(select.find_all(exp.ReadParquet))
    if len(reads) != 1 or reads[0].find_ancestor(exp.Select) is not select:
        return None
    [read], text = reads, reads[0].sql("duckdb")
    files = [file.name for file in read.find_all(exp.Literal) if file.name.endswith(".parquet")]
    for table in select.find_all(exp.Table):
        if table.this is read:
            table.set("this", exp.to_identifier(_part_view(created.this.name), quoted=True))
            table.set("db", exp.to_identifier("landing"))
        table.set("catalog", exp.to_identifier("stage"))
    return select, text, files
