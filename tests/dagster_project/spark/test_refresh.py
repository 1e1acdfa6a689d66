"""`engine: spark` end to end: the same figures as on DuckDB, and nothing published where Spark is killed."""

import json

import pytest

from tests.dagster_project.spark.either import OnEither
from tests.dagster_project.spark.sides import of_versions
from tests.end_to_end.harness import Said, read, versions

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]


def test_where_spark_is_killed_nothing_is_published(killed: tuple[Said, list[str]]) -> None:
    said, kept = killed

    assert said.exit_code == 1
    assert "could not be run on Spark" in said.err
    assert "Nothing was published" in said.err
    assert "Traceback" not in said.err
    assert len(kept) == 1
    assert [line for line in said.err.splitlines() if line.startswith(("Traceback", "ERROR", "Exception"))] == []


def test_a_refresh_on_spark_publishes(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0, on_spark.err
    assert len(versions(on_duckdb.home)) == 2


def test_the_manifest_names_the_engine(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    manifests = [on_duckdb.home / "serve" / version / "manifest.json" for version in versions(on_duckdb.home)]

    assert [json.loads(path.read_text())["engine"].split()[0] for path in manifests] == ["DuckDB", "Spark"]


def test_no_row_differs_between_the_engines(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    said = on_duckdb.run("diff")

    assert ": 0 figures restated," in said.out
    assert "Made by DuckDB" in said.out and "by Spark" in said.out
    first, second = (on_duckdb.home / "serve" / name / "warehouse.duckdb" for name in versions(on_duckdb.home))
    found, rows = of_versions(first, second)
    assert found == {}
    assert rows > 0


def test_published_tables_have_the_same_columns_and_comments(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    sql = """
        select schema_name, table_name, column_name, data_type, comment from duckdb_columns()
        where database_name = 'warehouse' union all
        select schema_name, table_name, null, null, comment from duckdb_tables() where database_name = 'warehouse'
        order by all
    """
    first, second = (
        read(on_duckdb.home / "serve" / name / "warehouse.duckdb", sql) for name in versions(on_duckdb.home)
    )

    assert first == second


def test_nothing_new_is_nothing_new_on_spark_too(on_duckdb: OnEither, on_spark: Said) -> None:
    assert on_spark.exit_code == 0
    before = versions(on_duckdb.home)

    with on_duckdb.on(""):
        assert on_duckdb.run("refresh").exit_code == 0
    assert versions(on_duckdb.home) == before
