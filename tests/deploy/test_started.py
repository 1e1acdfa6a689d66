"""Dagster as compose.yaml starts it, without containers: code, webserver and daemon with a real PostgreSQL, and what a
person who opens its pages gets there, asked by GraphQL as the pages do."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.pages import Dagster
from tests.end_to_end.harness import ROOT, TINY, clean_environment, copy_portfolio, replace, versions
from tests.ports import free_port
from tests.postgres_server import OWNER, PASSWORD, Server

pytestmark = pytest.mark.slow

DEPLOY, BIN = ROOT / "deploy", Path(sys.executable).parent
ASSETS = """{assetNodes{
    assetKey{path} groupName kinds description owners{... on TeamAssetOwner{team}} dependencyKeys{path}
    metadataEntries{label ... on TableSchemaMetadataEntry{schema{columns{name description}}}}
    assetChecksOrError{... on AssetChecks{checks{name description}}}
    assetMaterializations(limit: 1){metadataEntries{label}}
}}"""
DAYS = """query($repository: RepositorySelector!){partitionSetsOrError(
    repositorySelector: $repository, pipelineName: "as_of"
){... on PartitionSets{results{partitionsOrError(limit: 1){... on Partitions{results{name}}}}}}}"""

RELOAD = """mutation($location: String!){
    reloadRepositoryLocation(repositoryLocationName: $location){... on WorkspaceLocationEntry{loadStatus}}
}"""


@pytest.fixture(scope="module")
def dagster(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dagster]:
    folder = tmp_path_factory.mktemp("started")
    portfolio = copy_portfolio(TINY, folder / "portfolio")
    replace(portfolio / "portfolio.yml", "generated: true", 'generated: true\nschedule: "0 6 * * 1-5"')
    postgres.psql("postgres", "create database started")
    code, page = free_port(), free_port()
    (folder / "dagster.yaml").write_text((DEPLOY / "dagster-postgres.yaml").read_text())
    text = (DEPLOY / "workspace.yaml").read_text()
    (folder / "workspace.yaml").write_text(text.replace("host: code, port: 4000", f"host: 127.0.0.1, port: {code}"))
    history = {"HOST": "127.0.0.1", "PORT": str(postgres.port), "USER": OWNER, "DB": "started", "PASSWORD": PASSWORD}
    here = {"0.0.0.0": "127.0.0.1", "4000": str(code), "3000": str(page), "/etc/dagster/workspace.yaml": str(folder / "workspace.yaml")}  # fmt: skip
    processes: list[subprocess.Popen[bytes]] = []
    with (folder / "log").open("wb") as log:
        for name, service in yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].items():
            if name == "postgres":
                continue
            env = clean_environment(DAGSTER_HOME=str(folder)) | {f"DAGSTER_PG_{k}": v for k, v in history.items()}
            env["PATH"] = f"{BIN}{os.pathsep}{env['PATH']}"
            if name == "code":  # the others have neither portfolio nor warehouse
                env |= {"OUTCOMES_PORTFOLIO": str(portfolio), "OUTCOMES_HOME": str(folder)}
            line = [here.get(part, part) for part in map(str, service["command"])]
            processes.append(subprocess.Popen(line, env=env, cwd=folder, stdout=log, stderr=log))
        started = Dagster(page, folder / "tiny")
        try:
            started.wait(processes, folder / "log")
            yield started
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait(60)


@pytest.fixture(scope="module")
def refreshed(dagster: Dagster) -> Dagster:
    assert dagster.launch("refresh")["status"] == "SUCCESS"
    return dagster


@pytest.fixture(scope="module")
def assets(refreshed: Dagster) -> dict[str, dict[str, Any]]:
    return {"/".join(asset["assetKey"]["path"]): asset for asset in refreshed.ask(ASSETS)["assetNodes"]}


def test_a_refresh_that_is_launched_from_the_page_publishes(refreshed: Dagster) -> None:
    assert len(versions(refreshed.home)) == 1


def test_every_asset_has_group_owner_kinds_and_description(assets: dict[str, dict[str, Any]]) -> None:
    lacking = {
        name for name, one in assets.items() if not all(one[what] for what in ("owners", "kinds", "description"))
    }
    assert len(assets) > 200 and lacking == set()
    assert "default" not in {one["groupName"] for one in assets.values()}
    assert not [name for name, one in assets.items() if "{{" in one["description"]]


def test_an_asset_shows_its_columns_lineage_rows_and_checks(assets: dict[str, dict[str, Any]]) -> None:
    team = assets["core/dim_team"]
    [columns] = [one["schema"]["columns"] for one in team["metadataEntries"] if one["label"] == "dagster/column_schema"]
    assert all(column["description"] for column in columns) and "team_id" in {column["name"] for column in columns}
    assert ["intermediate", "int_teams"] in [key["path"] for key in team["dependencyKeys"]]
    [made] = team["assetMaterializations"]
    assert {"dagster/row_count", "dagster/column_lineage"} <= {entry["label"] for entry in made["metadataEntries"]}
    checks = team["assetChecksOrError"]["checks"]
    assert "columns" in {check["name"] for check in checks} and all(check["description"] for check in checks)


def test_one_asset_is_materialised_alone(refreshed: Dagster) -> None:
    ended = refreshed.launch("__ASSET_JOB", "core/dim_team")
    assert ended["status"] == "SUCCESS" and [asset["key"]["path"] for asset in ended["assets"]] == [
        ["core", "dim_team"]
    ]


def test_schedule_and_sensors_are_there_and_off(refreshed: Dagster) -> None:
    repository = refreshed.repository()
    [schedule] = repository["schedules"]
    assert (schedule["cronSchedule"], schedule["executionTimezone"]) == ("0 6 * * 1-5", "Europe/Berlin")
    assert {one["name"]: one["sensorState"]["status"] for one in repository["sensors"]} == dict.fromkeys(
        ("data_ages", "file_drop", "new_pulls", "tell_failure", "tell_success"), "STOPPED"
    )


def test_the_days_that_have_landed_are_there_once_the_code_is_loaded_again(refreshed: Dagster) -> None:
    """They are those of when Dagster loaded it, and nothing had landed then."""
    refreshed.ask(RELOAD, location=refreshed.selector()["repositoryLocationName"])

    [days] = refreshed.ask(DAYS, repository=refreshed.selector())["partitionSetsOrError"]["results"]
    assert [day["name"] for day in days["partitionsOrError"]["results"]] == ["2025-06-30"]


def test_no_process_of_a_run_stays(refreshed: Dagster) -> None:
    """Two of them stayed, with a gigabyte, until the code's server was stopped."""
    ends = time.monotonic() + 60
    while left := _auditors(refreshed.home.parent):
        assert time.monotonic() < ends, left
        time.sleep(1)


def _auditors(homes: Path) -> list[int]:
    """Processes that multiprocessing started for a run: those that have this home in their environment."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line, env = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in line and f"OUTCOMES_HOME={homes}\0".encode() in env:
            found.append(int(process.name))
    return found
