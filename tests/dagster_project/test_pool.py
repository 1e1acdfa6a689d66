"""One publisher at a time: Dagster lets runs that write a portfolio's home wait for each other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import AssetKey, DagsterInstance, DagsterRun, DagsterRunStatus, JobDefinition, RunsFilter
from dagster._core.op_concurrency_limits_counter import GlobalOpConcurrencyLimitsCounter
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES

from dagster_project.definitions import defs
from dagster_project.defs.naming import POOL
from tests.end_to_end.harness import ROOT

pytestmark = pytest.mark.xdist_group("definitions")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DagsterInstance]:
    """Dagster as deploy/dagster.yaml sets it up."""
    shutil.copy(ROOT / "deploy" / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with DagsterInstance.from_config(str(tmp_path)) as found:
        yield found


def a_run(instance: DagsterInstance, job: JobDefinition, status: DagsterRunStatus) -> DagsterRun:
    """A run of a job, with the pools that its steps are in."""
    return instance.create_run_for_job(job, run_config={"resources": {"refresh": {"config": {}}}}, status=status)


def is_held_back(instance: DagsterInstance, run: DagsterRun) -> bool:
    """Whether Dagster's queue would leave the run waiting for those that have started."""
    in_progress = instance.get_run_records(filters=RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES))
    storage = instance.event_log_storage
    for name in run.run_op_concurrency.all_pools if run.run_op_concurrency else ():
        storage.initialize_concurrency_limit_to_default(name)
    counter = GlobalOpConcurrencyLimitsCounter(
        instance,
        [run],
        in_progress,
        storage.get_concurrency_keys(),
        storage.get_pool_limits(),
        pool_granularity=instance.get_concurrency_config().pool_config.pool_granularity,
    )
    return counter.is_blocked(run)


@pytest.mark.parametrize("name", ["refresh", "check"])
def test_whatever_writes_a_portfolio_s_home_is_in_the_pool(name: str) -> None:
    pools = {node.name: node.definition.pools for node in defs().resolve_job_def(name).nodes}

    assert pools["land"] == pools["freeze"] == {POOL}


def test_a_second_run_waits_for_the_first(instance: DagsterInstance) -> None:
    """Of the job's steps one is enough: Dagster counts runs, not steps."""
    job = defs().resolve_job_def("refresh").get_subset(asset_selection={AssetKey("published_warehouse")})
    run = a_run(instance, job, DagsterRunStatus.NOT_STARTED)
    assert not is_held_back(instance, run)

    a_run(instance, job, DagsterRunStatus.STARTED)

    assert is_held_back(instance, run)
