"""Build and measure a refresh on Spark. DuckDB's build files show what it wrote, so audit and publishing are the same.

Spark writes each table as Parquet files, `<build>/spark/<schema>/<table>/`. In the stage file they are views; published
tables are copied into the warehouse, with the types that DuckDB gives them.
"""

import time
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import measure, model_runner
from dagster_project.model_runner import AT_ONCE, Built, Model, open_build
from dagster_project.spark import tables
from dagster_project.spark.engine import Engine
from dagster_project.spark.session import opened, timed
from sources.common.limits import Limits
from sources.common.sql import identifier, literal


@dataclass
class Build:
    """A build's files, and the engine that fills them; DuckDB has the limits `limits` meanwhile."""

    warehouse: Path
    stage: Path
    engine: Engine
    limits: Limits

    def build_models(self, tag: str | None, seconds: float, names: Collection[str] | None = None) -> list[Built]:
        """Build the models of one pass, as `model_runner.build_models` does. Raises DbtError or SparkError."""
        chosen = [model for model in model_runner.of_pass(tag) if names is None or model.name in names]
        built = model_runner.in_order(chosen, AT_ONCE, partial(self._build, seconds=seconds))
        with open_build(self.warehouse, self.stage, self.limits) as connection:
            rows = {model.name: self._bring_back(connection, model) for model in chosen}
            model_runner.comment(connection, chosen)
        return [Built(model.name, model.seconds, rows[model.name]) for model in built]

    def _build(self, model: Model, seconds: float) -> Built:
        started, (schema, table) = time.perf_counter(), model.table.split(".")
        with timed(self.engine.session, model.name, seconds):
            self.engine.run(model.select, f"model {model.name}", schema, table)
        self.engine.show(schema, table)
        return Built(model.name, time.perf_counter() - started, 0)

    def _bring_back(self, connection: duckdb.DuckDBPyConnection, model: Model) -> int:
        """Show a model's files in the build; its rows."""
        schema, table = model.table.split(".")
        kind = "view" if schema in self.engine.types["stage"] else "table"
        connection.execute(f"create schema if not exists {model.schema}")
        connection.execute(f"create or replace {kind} {model.relation} as {self._select(schema, table)}")
        counted = connection.execute(f"select count(*) from {model.relation}").fetchone()
        return counted[0] if counted else 0

    def _select(self, schema: str, table: str) -> str:
        columns = ", ".join(
            f"cast({identifier(name)} as {kind}) as {identifier(name)}"
            for name, kind in self.engine.columns(schema, table).items()
        )
        files = literal(self.engine.place(schema, table) / "**" / "*.parquet")
        return f"select {columns} from read_parquet({files}, hive_partitioning = false)"

    def measure(
        self,
        manifest: dict[str, Any],
        compiled: Sequence[measure.Compiled],
        prints: dict[str, str],
        *,
        second: bool = False,
    ) -> int:
        """Measure one round, as `measure.fill` does; the number of cells. Raises SparkError."""
        inputs = measure.INPUTS[second]
        if not second:
            with open_build(self.warehouse, self.stage, self.limits) as connection:
                measure.define(connection, manifest, compiled, prints)
                for name in (*measure.INPUTS, measure.DEFINITIONS):
                    columns = self.engine.columns("metricflow", name)
                    place = self.engine.place("metricflow", name)
                    tables.export(connection, f"stage.metricflow.{name}", columns, place)
                    self.engine.show("metricflow", name)
        self.engine.measure([entry for entry in compiled if entry.is_second_round is second], inputs)
        with open_build(self.warehouse, self.stage, self.limits) as connection:
            found = connection.execute(
                f"insert into stage.metricflow.{inputs} {self._select('metricflow', inputs)}"
            ).fetchone()
        return found[0] if found else 0


@contextmanager
def opened_build(
    warehouse: Path, stage: Path, remote: str | None, settings: dict[str, str], limits: Limits
) -> Generator[Build]:
    """A begun build with a session of its own, until it is left; what was built before is shown. Raises SparkError.

    A session in this process has half of the memory, DuckDB beside it the other half.
    """
    half = limits.part(of=2)
    models = model_runner.models()
    with opened(remote, half, stage.with_name("spill-spark"), settings) as session:
        engine = Engine(session, stage.with_name("spark"), tables.column_types(stage, models.values()))
        engine.show_landed(stage)
        engine.show_built()
        yield Build(warehouse, stage, engine, half)
