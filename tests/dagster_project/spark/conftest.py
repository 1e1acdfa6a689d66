"""A local Spark session, one for the tests of a process: a JVM takes seconds to start and keeps its memory."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.spark import tables
from dagster_project.spark.engine import Engine
from dagster_project.spark.rules import view_name
from dagster_project.spark.session import open_session
from dagster_project.spark.transpile import to_spark
from sources.common.limits import Limits
from tests.dagster_project.spark.cases import T
from tests.dagster_project.spark.either import OnEither, stopped_while_building
from tests.dagster_project.spark.equality import differences, rows_of
from tests.dagster_project.spark.servers import java_below
from tests.end_to_end.harness import TINY, Said, copy_portfolio, versions

MEMORY, CPUS = 2 << 30, 2
# few rows: to compile each plan to Java, and that to fast machine code, would take most of the time
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Generator[Any]:
    """The session, as `engine: spark` opens it."""
    pytest.importorskip("pyspark", reason="PySpark is not installed: make test-spark installs it")
    found = open_session(None, Limits(MEMORY, CPUS), tmp_path_factory.mktemp("scratch"), INTERPRETED)
    yield found
    found.stop()


@dataclass
class Bench:
    """The cases' tables on both engines."""

    connection: duckdb.DuckDBPyConnection
    engine: Engine

    def difference(self, sql: str, dropped: str | None = None) -> str | None:
        """What differs between the engines' rows of a statement, or Spark's error; None where nothing does."""
        described = self.connection.execute(f"describe ({sql})").fetchall()
        self.engine.types["stage"]["cases"]["found"] = {name: kind for name, kind, *_ in described}
        try:
            statement = to_spark(sql, self.engine.schema, "the case", dropped)
            self.engine.write(statement, "the case", "cases", "found")
        except Exception as error:
            if dropped is None:
                raise
            return str(error)
        return differences(self.connection, sql, rows_of(self.engine.place("cases", "found")))


@pytest.fixture(scope="session")
def bench(session: Any, tmp_path_factory: pytest.TempPathFactory) -> Generator[Bench]:
    """The cases' tables, in DuckDB and as Parquet files that Spark reads."""
    folder: Path = tmp_path_factory.mktemp("cases")
    with duckdb.connect(config=Limits(MEMORY // 2, CPUS).config()) as connection:
        connection.execute("attach ':memory:' as stage; use stage; set TimeZone = 'UTC'")
        connection.execute(T)
        engine = Engine(session, folder, tables.described(connection))
        for table, columns in list(engine.types["stage"]["cases"].items()):
            tables.export(connection, f"stage.cases.{table}", columns, engine.place("cases", table))
            engine.show("cases", table)
            assert session.catalog.tableExists(view_name("cases", table))
        yield Bench(connection, engine)


@pytest.fixture(scope="session")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> OnEither:
    """Refreshed on DuckDB. The fixtures below are one story, each the next command of it."""
    folder = tmp_path_factory.mktemp("tiny")
    portfolio = OnEither(copy_portfolio(TINY, folder / "portfolio"), folder / "homes")
    said = portfolio.run("refresh")
    assert said.exit_code == 0, said.err
    return portfolio


@pytest.fixture(scope="session")
def killed(on_duckdb: OnEither) -> tuple[Said, list[str]]:
    """A refresh whose Spark is killed while it builds, and the versions that there are then."""
    with on_duckdb.on(""):
        said = stopped_while_building(on_duckdb, lambda pid: list(java_below(pid)))
    return said, versions(on_duckdb.home)


@pytest.fixture(scope="session")
def on_spark(session: Any, on_duckdb: OnEither, killed: object) -> Said:
    """The next refresh, in the session of these tests."""
    assert session and killed
    with on_duckdb.on(""):
        return on_duckdb.run("refresh")
