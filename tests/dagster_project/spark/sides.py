"""A build of DuckDB on both engines: Spark reads the same rows, so that each statement starts from the same ones."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import measure, model_runner
from dagster_project.model_runner import Model
from dagster_project.run import opened
from dagster_project.settings import Workspace, read_portfolio
from dagster_project.spark import SparkError, tables
from dagster_project.spark.engine import Engine
from expectations.database import open_build
from sources import loads
from sources.common.limits import Limits
from sources.common.sql import literal
from tests.dagster_project.spark.equality import differences, rows_of
from tests.end_to_end.harness import outcomes
from tests.golden.warehouse import build_and_measure


@dataclass
class Sides:
    """DuckDB's build, read-only, and Spark with views of its tables."""

    connection: duckdb.DuckDBPyConnection
    engine: Engine

    def of_models(self, models: Iterable[Model]) -> dict[str, str]:
        """What differs, by model: each is built on Spark from the tables that DuckDB built."""

        def built(model: Model) -> str | None:
            schema, table = model.table.split(".")
            self.engine.run(model.select, model.name, schema, table)
            return differences(self.connection, f"from {model.relation}", rows_of(self.engine.place(schema, table)))

        return _failing({model.name: (lambda model=model: built(model)) for model in models})

    def of_metrics(self, compiled: Iterable[measure.Compiled]) -> dict[str, str]:
        """What differs in the cells of each round: all statements of saved queries are run on Spark."""
        rounds: dict[str, list[measure.Compiled]] = {name: [] for name in measure.INPUTS}
        for entry in compiled:
            rounds[measure.INPUTS[entry.is_second_round]].append(entry)

        def measured(table: str) -> str | None:
            self.engine.measure(rounds[table], table)
            return differences(
                self.connection, f"from stage.metricflow.{table}", rows_of(self.engine.place("metricflow", table))
            )

        return _failing({table: (lambda table=table: measured(table)) for table in rounds})


def _failing(found: Mapping[str, Callable[[], str | None]]) -> dict[str, str]:
    failing: dict[str, str] = {}
    for name, difference in found.items():
        try:
            said = difference()
        except SparkError as error:
            said = str(error)
        if said is not None:
            failing[name] = said
    return failing


def of_versions(first: Path, second: Path) -> tuple[dict[str, str], int]:
    """What differs between the tables of two published versions' files, and how many rows the first has.

    The records of the audit, of which each version has its own, are left out.
    """
    with duckdb.connect() as connection:
        for name, path in (("first", first), ("second", second)):
            connection.execute(f"attach {literal(path)} as {name} (read_only)")
        listed = connection.execute(
            """select database_name, schema_name || '.' || table_name from duckdb_tables()
            where database_name in ('first', 'second') and schema_name <> 'audit' order by all"""
        ).fetchall()
        tables_of = {name: [table for held, table in listed if held == name] for name in ("first", "second")}
        assert tables_of["first"] == tables_of["second"] != []

        def compared(table: str) -> str | None:
            return differences(connection, f"from first.{table}", f"from second.{table}")

        found = _failing({table: (lambda table=table: compared(table)) for table in tables_of["first"]})
        counted = " + ".join(f"(select count(*) from first.{table})" for table in tables_of["first"])
        [rows] = connection.execute(f"select {counted}").fetchone() or (0,)
        return found, rows


def built_on_duckdb(portfolio: Path, homes: Path) -> Path:
    """Land a portfolio, then build and measure it as a refresh does, without an audit; the folder of the build."""
    said = outcomes("land", home=homes, portfolio=portfolio)
    assert said.exit_code == 0, said.err
    declared = read_portfolio(portfolio)
    space = Workspace(folder=portfolio, home=homes / declared.name, portfolio=declared, key=None)
    with opened(space) as run:
        model_runner.fresh_build(space.build)
        loads.expose(run.frozen, space.home, space.stage, declared.build_settings(run.now))
        build_and_measure(space.build)
    return space.build


@contextmanager
def both_sides(session: Any, build: Path, folder: Path) -> Generator[Sides]:
    """The sides of a build that DuckDB made; Spark's copy of its tables, and what it writes, are below `folder`."""
    models = model_runner.models().values()
    stage = build / "stage.duckdb"
    with open_build(build / "warehouse.duckdb", stage, Limits(1 << 30, 2)) as connection:
        engine = Engine(session, folder / "written", tables.column_types(stage, models))
        engine.show_landed(stage)
        given = {model.table: model.relation for model in models}
        given |= {f"metricflow.{name}": f"stage.metricflow.{name}" for name in engine.types["stage"]["metricflow"]}
        for name, relation in given.items():
            schema, table = name.split(".")
            copy = folder / "given" / schema / table
            tables.export(connection, relation, engine.columns(schema, table), copy)
            engine.show(schema, table, [copy])
        yield Sides(connection, engine)
