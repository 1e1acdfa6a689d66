"""Dagster's job takes the same steps as the command, and shows each as assets and asset checks."""

from pathlib import Path

import pytest
from dagster import AssetKey, DagsterInstance, ExecuteInProcessResult

from dagster_project import steps
from dagster_project.definitions import defs
from tests.end_to_end.harness import Said, outcomes, read, served
from tests.end_to_end.sparse import sparse_portfolio

NAME = "only_surveys"


def refresh(portfolio: Path, homes: Path) -> ExecuteInProcessResult:
    """Run the job `refresh` as Dagster does."""
    with pytest.MonkeyPatch.context() as patch, DagsterInstance.ephemeral() as instance:
        patch.setenv("OUTCOMES_HOME", str(homes))
        return (
            defs()
            .resolve_job_def("refresh")
            .execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_config={
                    "resources": {"refresh": {"config": {"portfolio": str(portfolio)}}},
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                },
            )
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dagster")


@pytest.fixture(scope="module")
def done(folder: Path) -> ExecuteInProcessResult:
    return refresh(sparse_portfolio(NAME, folder / "portfolio"), folder)


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
    shown = {(e.check_name, e.passed) for e in done.get_asset_check_evaluations()}
    kept = read(
        served(folder / NAME), "select suite || '__' || check_name, status, severity from audit.fct_check_results"
    )
    assert {name for name, _ in shown} == {name for name, *_ in kept}
    assert {name for name, passed in shown if not passed} == {
        name for name, status, _ in kept if status in ("warned", "failed")
    }


def test_the_command_finds_nothing_new_after_it(again: Said) -> None:
    assert again.exit_code == 0 and again.out.startswith("Nothing new"), again.err


def test_a_step_that_fails_ends_the_job_and_is_said_on_the_page(folder: Path, again: Said) -> None:  # noqa: ARG001
    (folder / "portfolio" / "feeds" / "survey_responses.jsonl").write_text("no JSON")
    failed = refresh(folder / "portfolio", folder)
    assert not failed.success
    assert not {event.asset_key for event in failed.all_events if event.is_step_materialization} & {
        AssetKey("published_warehouse"),
        AssetKey("dashboard"),
    }
    assert "could not be landed" in (folder / NAME / "index.html").read_text()
