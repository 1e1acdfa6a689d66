"""Sensors: files that arrive start a refresh once they have settled, and what grows old is looked at once."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    DefaultSensorStatus,
    RunRequest,
    SensorDefinition,
    SensorResult,
    SkipReason,
    build_sensor_context,
    job,
    op,
)
from filelock import FileLock

from dagster_project.defs import sensors
from dagster_project.freshness import Freshness
from tests.end_to_end.harness import TINY, copy_portfolio, outcomes
from tests.sources.fakes import jira
from tests.sources.fakes.server import running

pytestmark = pytest.mark.xdist_group("definitions")


@pytest.fixture
def portfolio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path / "homes"))
    monkeypatch.setenv("OUTCOMES_PORTFOLIO", str(tmp_path / "tiny"))
    return copy_portfolio(TINY, tmp_path / "tiny")


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as found:
        yield found


def looks(sensor: SensorDefinition, instance: DagsterInstance) -> Iterator[int]:
    """The runs that each evaluation of a sensor asks for."""
    cursor: str | None = None
    while True:
        context = build_sensor_context(instance=instance, cursor=cursor)
        found: Any = sensor(context)
        if isinstance(found, SensorResult):
            cursor = found.cursor or cursor
            yield len(found.run_requests or [])
        else:
            assert isinstance(found, SkipReason)
            yield 0


def test_a_file_starts_a_refresh_once_its_size_has_settled(portfolio: Path, instance: DagsterInstance) -> None:
    seen, file = looks(sensors.file_drop, instance), portfolio / "feeds" / "new.csv"
    assert next(seen) == 0  # what was there before the sensor
    file.write_text("a")
    assert next(seen) == 0
    file.write_text("a,b\n1")  # it is still being written
    assert next(seen) == 0
    assert next(seen) == 1
    assert next(seen) == 0


def test_a_file_of_the_same_size_that_was_written_again_counts(portfolio: Path, instance: DagsterInstance) -> None:
    seen, file = looks(sensors.file_drop, instance), portfolio / "portfolio.yml"
    next(seen)
    os.utime(file, ns=(0, 0))
    assert [next(seen), next(seen), next(seen)] == [0, 1, 0]


def test_hidden_files_are_not_looked_at(portfolio: Path, instance: DagsterInstance) -> None:
    seen = looks(sensors.file_drop, instance)
    next(seen)
    (portfolio / ".upload-1234").write_text("half a file")
    assert [next(seen), next(seen)] == [0, 0]


def test_what_was_fetched_by_itself_starts_a_refresh_that_does_not_fetch_again(
    portfolio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked() -> RunRequest | SkipReason:
        found: Any = sensors.new_pulls(build_sensor_context())
        return found

    monkeypatch.setenv("OUTCOMES_JIRA_TOKEN", "a-planted-token")
    with running(tool := jira.FakeJira()):
        source = f"\n  - {{name: jira, type: jira, url: '{tool.url}', user: reports@acme.example}}\n"
        (portfolio / "portfolio.yml").open("a").write(source)
        assert isinstance(looked(), SkipReason)
        assert outcomes("fetch", home=tmp_path / "homes", portfolio=portfolio).exit_code == 0
    request = looked()
    assert isinstance(request, RunRequest) and request.run_key is not None
    assert request.run_config == {"resources": {"refresh": {"config": {"fetches": False}}}}

    home = tmp_path / "homes" / "tiny"
    with FileLock(home / ".lock"):  # as another process holds it
        assert isinstance(looked(), SkipReason)
    ended = {"outcome": "failed", "ended_at": datetime.now(UTC).isoformat(), "message": None}
    (home / "last_refresh.json").write_text(json.dumps(ended))
    assert isinstance(looked(), SkipReason)


@pytest.mark.usefixtures("portfolio")
def test_age_is_shown_where_it_has_changed(instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    ages: list[Freshness] = []
    monkeypatch.setattr(sensors, "freshness", lambda _space: ages)
    seen = looks(sensors.data_ages, instance)
    assert next(seen) == 0  # there is nothing whose age could be shown
    ages.append(Freshness("work_items", True, "", ""))
    assert [next(seen), next(seen)] == [1, 0]
    ages[0] = Freshness("work_items", False, "", "")
    assert [next(seen), next(seen)] == [1, 0]


@pytest.mark.usefixtures("portfolio")
def test_freshness_is_an_asset_check_of_feeds_and_the_warehouse(
    instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster_project.definitions import defs
    from dagster_project.defs import freshness

    found = [
        Freshness("work_items", False, "tracker last showed it 36 days ago", "at most 35 days ago"),
        Freshness("published_warehouse", True, "last refreshed", "since"),
    ]
    monkeypatch.setattr(freshness, "freshness", lambda _space: found)

    done = defs().resolve_job_def("freshness").execute_in_process(instance=instance)

    shown = {evaluation.asset_key: evaluation for evaluation in done.get_asset_check_evaluations()}
    feed = shown[AssetKey(["landing", "work_items"])]
    assert not feed.passed and feed.description == "tracker last showed it 36 days ago, expected: at most 35 days ago"
    assert shown[AssetKey("published_warehouse")].passed and len(shown) == 2


def test_sensors_that_start_something_are_off_until_someone_turns_them_on() -> None:
    assert {sensor.default_status for sensor in (sensors.file_drop, sensors.data_ages, sensors.new_pulls)} == {
        DefaultSensorStatus.STOPPED
    }


@pytest.mark.parametrize(("asked", "status"), [("", False), ("\nnotify: {alerts: [webhook]}", True)])
def test_sensors_that_send_are_on_where_the_portfolio_asks_for_it(portfolio: Path, asked: str, status: bool) -> None:
    (portfolio / "portfolio.yml").open("a").write(asked)

    assert sensors._is_asked_for() is status


@op
def breaks() -> None:
    raise ValueError("out of memory")


@job(name="refresh")
def failing() -> None:
    breaks()


def test_a_run_that_left_no_result_is_told_as_it_ended(
    portfolio: Path, instance: DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster import build_run_status_sensor_context

    told: list[str | None] = []
    monkeypatch.setattr(sensors, "follow_up", lambda _space, crash=None: told.append(crash) or [])
    done = failing.execute_in_process(instance=instance, raise_on_error=False)
    context = build_run_status_sensor_context(
        sensor_name="tell_failure",
        dagster_instance=instance,
        dagster_run=done.dagster_run,
        dagster_event=next(event for event in done.all_events if event.event_type_value == "PIPELINE_FAILURE"),
    ).for_run_failure()

    sensors.tell_failure(context)

    [crash] = told
    assert crash is not None and "Steps failed" in crash and portfolio.exists()


def test_what_could_not_be_sent_fails_the_look(portfolio: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with pytest.raises(RuntimeError, match="not today"):
        sensors._told(["mail: not today"])
