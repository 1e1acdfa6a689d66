"""Columns of staging models, source freshness, and `mf query`, on a build of tiny."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project import dbt_runner
from dagster_project.run import Run
from dagster_project.settings import DBT_PROJECT, workspace
from sources import loads
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
    dbt_runner.fresh_build(run.space.build)
    loads.expose(run.frozen, home, run.space.stage, run.space.portfolio.build_settings(run.now))
    build_and_measure(run.space.build)
    return run.space.build


@pytest.mark.xdist_group("dbt")
def test_sources_are_as_fresh_as_the_portfolio_s_moment(build: Path) -> None:
    results = dbt_runner.invoke(build, "source", "freshness")
    assert len(results) == 27
    assert {r.unique_id: r.status for r in results if r.status != "pass"} == {}


@pytest.mark.xdist_group("dbt")
def test_mf_query_works_from_the_dbt_folder(build: Path) -> None:
    environment = os.environ | {"OUTCOMES_BUILD": str(build), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    command = [Path(sys.executable).parent / "mf", "query", "--metrics", "delivered,nps", "--group-by", "product"]
    said = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "21.4286" in said.stdout  # P1's NPS, 300 / 14
