"""Tables as `dbt run` makes them, source freshness, `mf query` and dbt's docs, on a build of tiny."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project import dbt_runner, model_runner
from dagster_project.run import Run
from dagster_project.settings import DBT_PROJECT, workspace
from sources import loads
from sources.contracts import load_contracts
from sources.landing import land_source
from tests.conftest import ROOT
from tests.golden.warehouse import build_and_measure

TINY = ROOT / "tests" / "fixtures" / "tiny"


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny landed, built and measured; not audited."""
    home = tmp_path_factory.mktemp("home")
    run = Run(workspace(TINY).model_copy(update={"home": home}), home)
    for source in run.space.portfolio.sources:
        land_source(TINY, home, source, run.space.portfolio.landing_rules(), run.key, run.landed_at)
    model_runner.fresh_build(run.space.build)
    loads.expose(run.frozen, home, run.space.stage, run.space.portfolio.build_settings(run.now))
    build_and_measure(run.space.build)
    return run.space.build


def test_sources_are_as_fresh_as_the_portfolio_s_moment(build: Path) -> None:
    results = dbt_runner.invoke(build, "source", "freshness")
    assert len(results) == len(load_contracts())
    assert {r.unique_id: r.status for r in results if r.status != "pass"} == {}


@pytest.mark.slow
def test_models_come_out_as_dbt_run_makes_them(build: Path, tmp_path: Path) -> None:
    shutil.copytree(build, tmp_path / "build")
    results = dbt_runner.invoke(tmp_path / "build", "run")
    assert {r.unique_id for r in results if r.status == "success"} == dbt_runner.models().keys()
    for name in ("warehouse", "stage"):
        assert contents(build / f"{name}.duckdb") == contents(tmp_path / "build" / f"{name}.duckdb")


def contents(file: Path) -> dict[str, list[Any]]:
    """The columns with type and comment, constraints, and rows of a file's tables; sums of floats rounded."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found: dict[str, list[Any]] = {
            sql: connection.execute(f"{sql} where database_name = current_database() order by all").fetchall()
            for sql in (
                "select schema_name, table_name, comment from duckdb_tables()",
                "select schema_name, table_name, column_index, column_name, data_type, is_nullable, comment "
                "from duckdb_columns()",
                "select schema_name, table_name, constraint_text from duckdb_constraints()",
            )
        }
        for schema, table, _ in next(iter(found.values())):
            rows = connection.execute(f'from "{schema}"."{table}"').fetchall()
            found[f"{schema}.{table}"] = sorted(
                str([round(value, 11) if isinstance(value, float) else value for value in row]) for row in rows
            )
    return found


def test_mf_query_works_from_the_dbt_folder(build: Path) -> None:
    environment = os.environ | {"OUTCOMES_BUILD": str(build), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    command = [Path(sys.executable).parent / "mf", "query", "--metrics", "delivered,nps", "--group-by", "product"]
    said = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "21.4286" in said.stdout  # P1's NPS, 300 / 14


@pytest.mark.slow
def test_the_docs_are_one_page_of_all_models(build: Path, tmp_path: Path) -> None:
    made = subprocess.run(
        ["make", "-o", "refresh", "docs", f"DOCS={tmp_path}"],
        cwd=ROOT,
        env=os.environ | {"OUTCOMES_BUILD": str(build), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    page = (tmp_path / "static_index.html").read_text()
    missing = [model["name"] for model in dbt_runner.models().values() if json.dumps(model["description"]) not in page]
    assert missing == []
