"""Dagster's job takes the same steps as the command, and shows each as assets and asset checks."""

import json
import sys
from pathlib import Path

import pytest
from dagster import (
    AssetCheckKey,
    AssetCheckSeverity,
    AssetKey,
    DagsterInstance,
    ExecuteInProcessResult,
    IntMetadataValue,
)

from dagster_project import steps
from dagster_project.definitions import defs
from dagster_project.defs.audit import SHOWN
from dagster_project.defs.audit import _result as shown_result
from dagster_project.defs.jobs import _as_of_job
from expectations.records import CheckRecord
from tests.end_to_end.harness import ROOT, Said, clean_environment, outcomes, read, run, served, versions
from tests.end_to_end.sparse import sparse_portfolio

pytestmark = pytest.mark.long

NAME = "only_surveys"


def launch(portfolio: Path, homes: Path, *assets: str) -> ExecuteInProcessResult:
    """Run the job `refresh` as Dagster does, or launch these assets alone, with their checks."""
    with pytest.MonkeyPatch.context() as patch, DagsterInstance.ephemeral() as instance:
        patch.setenv("OUTCOMES_HOME", str(homes))
        name = "__ASSET_JOB" if assets else "refresh"
        return (
            defs()
            .resolve_job_def(name)
            .execute_in_process(
                instance=instance,
                raise_on_error=False,
                asset_selection=[AssetKey(asset.split("/")) for asset in assets] or None,
                run_config={
                    "resources": {"refresh": {"config": {"portfolio": str(portfolio)}}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
            )
        )


def record(name: str, status: str, **more: object) -> CheckRecord:
    """The record of a dbt test of rituals."""
    given = {
        "check_name": name,
        "suite": "dbt",
        "object_name": "core.fct_rituals",
        "severity": "fail",
        "status": status,
    }
    return CheckRecord.model_validate(given | {"expected": "no failing row"} | more)


def made(result: ExecuteInProcessResult) -> set[str]:
    """The assets that were materialised."""
    return {event.asset_key.to_user_string() for event in result.all_events if event.is_step_materialization}


def said(result: ExecuteInProcessResult) -> str:
    """Why a run failed."""
    [failure] = [event for event in result.all_events if event.is_step_failure]
    return str(failure.step_failure_data.user_failure_data.description)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dagster")


@pytest.fixture(scope="module")
def done(folder: Path) -> ExecuteInProcessResult:
    return launch(sparse_portfolio(NAME, folder / "portfolio"), folder)


@pytest.fixture(scope="module")
def again(done: ExecuteInProcessResult, folder: Path) -> Said:  # noqa: ARG001
    return outcomes("refresh", home=folder, portfolio=folder / "portfolio")


def test_every_asset_is_materialised(done: ExecuteInProcessResult) -> None:
    keys = {event.asset_key for event in done.all_events if event.is_step_materialization}
    graph = defs().resolve_asset_graph()
    assert done.success and keys == set(graph.executable_asset_keys)


def test_it_takes_the_command_s_steps_in_their_order(done: ExecuteInProcessResult) -> None:
    started = [event.step_key for event in done.all_events if event.is_step_start]
    _, *build, _ = [name for name, _ in steps.BUILD]  # the first and the last asset are named for what they make
    assert started[1 : len(build) + 1] == build and len(started) == len(steps.BUILD) + len(steps.PUBLISH) + len(
        ["checks"]
    )


def test_every_check_is_shown(done: ExecuteInProcessResult, folder: Path) -> None:
    shown = {evaluation.asset_check_key: evaluation.passed for evaluation in done.get_asset_check_evaluations()}
    kept = read(served(folder / NAME), "select suite, check_name, status from audit.fct_check_results")
    assert shown.keys() == {SHOWN[suite, name].key for suite, name, _ in kept}
    assert {key for key, passed in shown.items() if not passed} == {
        SHOWN[suite, name].key for suite, name, status in kept if status in ("warned", "failed")
    }


def test_an_asset_check_that_fails_says_what_was_found_and_how_to_see_the_rows() -> None:
    key = AssetCheckKey(AssetKey(["core", "fct_rituals"]), "columns")
    wrong = record("not_null_fct_rituals_ritual_id", "failed", failing_rows=2, observed="2 failing rows")
    result = shown_result(key, [record("not_null_fct_rituals_held_at", "passed"), wrong])
    assert not result.passed and result.severity == AssetCheckSeverity.ERROR
    assert result.description == (
        "1 of 2 checks failed. not_null_fct_rituals_ritual_id: 2 failing rows, expected: no failing row"
    )
    assert result.metadata["rows"] == IntMetadataValue(2)
    assert result.metadata["to see the rows"].value == "outcomes check --rows not_null_fct_rituals_ritual_id"
    first, _ = result.metadata["checks"].records
    assert first.data["check"] == "not_null ritual_id" and first.data["status"] == "failed"


def test_a_model_can_be_built_alone_and_its_tests_are_run(done: ExecuteInProcessResult, folder: Path) -> None:  # noqa: ARG001
    alone = launch(folder / "portfolio", folder, "core/fct_survey_responses")
    assert made(alone) == {"core/fct_survey_responses"}, said(alone)
    evaluated = {evaluation.asset_check_key.name for evaluation in alone.get_asset_check_evaluations()}
    assert "columns" in evaluated and all(e.passed for e in alone.get_asset_check_evaluations())


def test_a_build_that_was_changed_since_its_audit_is_not_published(folder: Path) -> None:
    before = versions(folder / NAME)
    refused = launch(folder / "portfolio", folder, "published_warehouse")
    assert "audit it first" in said(refused) and versions(folder / NAME) == before


def test_once_audited_it_is_published_as_one_version(folder: Path) -> None:
    before = versions(folder / NAME)
    assert launch(folder / "portfolio", folder, "audit/fct_check_results").success
    assert made(launch(folder / "portfolio", folder, "published_warehouse")) == {"published_warehouse"}
    assert len(versions(folder / NAME)) == len(before) + 1
    assert "is published already" in said(launch(folder / "portfolio", folder, "published_warehouse"))
    assert outcomes("verify", home=folder, portfolio=folder / "portfolio").exit_code == 0


def test_without_a_build_a_step_says_what_to_do(folder: Path, tmp_path: Path) -> None:
    nothing = launch(folder / "portfolio", tmp_path, "metricflow/metric_inputs", "metricflow/metric_definitions")
    assert "there is no build. To fix: launch the job" in said(nothing)


def test_the_command_finds_nothing_new_after_it(again: Said) -> None:
    assert again.exit_code == 0 and again.out.startswith("Nothing new"), again.err


def test_a_step_that_fails_ends_the_job_and_is_said_on_the_page(folder: Path, again: Said) -> None:  # noqa: ARG001
    (folder / "portfolio" / "feeds" / "survey_responses.jsonl").write_text("no JSON")
    failed = launch(folder / "portfolio", folder)
    assert not failed.success
    assert not {event.asset_key for event in failed.all_events if event.is_step_materialization} & {
        AssetKey("published_warehouse"),
        AssetKey("dashboard"),
    }
    assert "could not be landed" in (folder / NAME / "index.html").read_text()


def as_of(folder: Path, day: str) -> ExecuteInProcessResult:
    """Run the job `as_of` for one day, of which there is a partition from the first observed one on."""
    with pytest.MonkeyPatch.context() as patch, DagsterInstance.ephemeral() as instance:
        patch.setenv("OUTCOMES_HOME", str(folder))
        patch.setenv("OUTCOMES_PORTFOLIO", str(folder / "portfolio"))
        job = _as_of_job()
        assert job.partitions_def is not None
        assert job.partitions_def.get_first_partition_key() == "2025-06-30"
        return job.execute_in_process(instance=instance, raise_on_error=False, partition_key=day)


@pytest.mark.slow
def test_a_day_in_the_past_is_a_partition(folder: Path, done: ExecuteInProcessResult) -> None:
    assert done.success
    before, known = served(folder / NAME), versions(folder / NAME)
    assert as_of(folder, "2025-06-30").success
    assert served(folder / NAME) == before
    [then] = set(versions(folder / NAME)) - set(known)
    manifest = json.loads((folder / NAME / "serve" / then / "manifest.json").read_text())
    assert manifest["observed_by"].startswith("2025-06-30")


PREFIXED = """
from dagster import DagsterInstance
from dagster_project.definitions import defs
with DagsterInstance.ephemeral() as instance:
    done = defs().resolve_job_def("refresh").execute_in_process(instance=instance, raise_on_error=False)
made = {event.asset_key for event in done.all_events if event.is_step_materialization}
assert done.success and made == set(defs().resolve_asset_graph().executable_asset_keys)
assert {key.path[0] for key in made} == {"sales"} and len(done.get_asset_check_evaluations()) > 100
"""


@pytest.mark.slow
def test_a_refresh_works_under_a_prefix(tmp_path: Path) -> None:
    portfolio = sparse_portfolio(NAME, tmp_path / "portfolio")
    given = {"OUTCOMES_PORTFOLIO": str(portfolio), "OUTCOMES_HOME": str(tmp_path), "OUTCOMES_ASSET_PREFIX": "sales"}
    done = run([sys.executable, "-c", PREFIXED], clean_environment(**given), cwd=ROOT)
    assert done.exit_code == 0, done.err[-2000:]
