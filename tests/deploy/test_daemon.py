"""What `make dagster` starts, with its daemon: a sensor sees a file or a fetch and a schedule its time, a run of its own
publishes, and a failure and the recovery are told once, by mail to a real server."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.pages import ENDED, Dagster
from tests.end_to_end.harness import (
    ROOT,
    TINY,
    clean_environment,
    command,
    copy_portfolio,
    environment,
    read,
    replace,
    run,
    served,
    versions,
)
from tests.faults.bench import NEWS, one_thread
from tests.ports import free_port
from tests.receivers import HOST, Mailbox, mail_server
from tests.sources.fakes import jira
from tests.sources.fakes.server import running

pytestmark = pytest.mark.slow

PATIENCE = 600  # seconds for a run to be asked for and to end, on a busy machine
START_SENSOR = """mutation($chosen: SensorSelector!){startSensor(sensorSelector: $chosen){__typename}}"""
START_SCHEDULE = """mutation($chosen: ScheduleSelector!){startSchedule(scheduleSelector: $chosen){__typename}}"""
RUNS = """query($tags: [ExecutionTag!]){runsOrError(filter: {tags: $tags}){... on Runs{results{runId status}}}}"""
TICKS = """query($chosen: SensorSelector!){sensorOrError(sensorSelector: $chosen){
    ... on Sensor{sensorState{ticks{status}}}
}}"""


@dataclass(frozen=True)
class Daemon:
    """Dagster with its daemon, its portfolio, and what was mailed."""

    dagster: Dagster
    portfolio: Path
    box: Mailbox
    env: dict[str, str]

    def selector(self, kind: str, name: str) -> dict[str, str]:
        """What GraphQL calls a sensor or schedule by."""
        return {**self.dagster.selector(), f"{kind}Name": name}

    def turn_on(self, kind: str, name: str) -> None:
        """Turn a sensor or schedule on, as its switch on the page does."""
        query = {"sensor": START_SENSOR, "schedule": START_SCHEDULE}[kind]
        [answer] = self.dagster.ask(query, chosen=self.selector(kind, name)).values()
        assert "Error" not in answer["__typename"], answer

    def looks(self, sensor: str) -> int:
        """How often a sensor has looked."""
        return len(
            self.dagster.ask(TICKS, chosen=self.selector("sensor", sensor))["sensorOrError"]["sensorState"]["ticks"]
        )

    def ended(self, kind: str, name: str) -> list[str]:
        """How the runs that a sensor or schedule has asked for ended, newest first."""
        tags = [{"key": f"dagster/{kind}_name", "value": name}]
        found = self.dagster.ask(RUNS, tags=tags)["runsOrError"]["results"]
        return [one["status"] for one in found if one["status"] in ENDED]

    def letters(self) -> list[str]:
        """The subjects of the mails that arrived."""
        return [str(letter["Subject"]) for letter in self.box.letters]


def until(holds: Callable[[], Any], what: str) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, what
        time.sleep(1)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("daemon")
    portfolio = one_thread(copy_portfolio(TINY, folder / "portfolio"))
    port = free_port()
    with mail_server() as box, running(tool := jira.FakeJira()), (folder / "log").open("wb") as log:
        mail = f"{{host: {HOST}, port: {box.port}, security: none, sender: o@acme.example, to: [ada@acme.example]}}"
        replace(
            portfolio / "portfolio.yml",
            "generated: true",
            f"generated: true\nschedule: '* * * * *'\nnotify: {{mail: {mail}, alerts: [mail]}}",
        )
        (portfolio / "portfolio.yml").open("a").write(
            f"\n  - {{name: jira, type: jira, url: '{tool.url}', user: reports@acme.example}}\n"
        )
        (folder / "history").mkdir()
        shutil.copy(ROOT / "deploy" / "dagster.yaml", folder / "history")
        env = clean_environment(
            ROOT,
            **environment(folder, portfolio),
            DAGSTER_HOME=str(folder / "history"),
            OUTCOMES_JIRA_TOKEN="a-planted-token",
        )
        line = [sys.executable, "-m", "dagster", "dev", "-m", "dagster_project.definitions", "--port", str(port)]
        process = subprocess.Popen(line, env=env, cwd=folder, stdout=log, stderr=log)
        found = Daemon(Dagster(port, folder / "tiny"), portfolio, box, env)
        try:
            found.dagster.wait([process], folder / "log")
            yield found
        finally:
            process.terminate()
            process.wait(60)


def test_a_dropped_file_starts_a_run_that_publishes(daemon: Daemon) -> None:
    daemon.turn_on("sensor", "file_drop")
    until(lambda: daemon.looks("file_drop"), "the sensor never looked")

    with (daemon.portfolio / "feeds" / "work_items.csv").open("a") as file:
        file.write(NEWS)

    until(lambda: daemon.ended("sensor", "file_drop"), "no run ended")
    assert daemon.ended("sensor", "file_drop") == ["SUCCESS"]
    titles = "select distinct deliverable_name from core.dim_deliverable where deliverable_id = 'D90'"
    assert read(served(daemon.dagster.home), titles) == [("Wish list",)]


def test_a_failure_and_the_recovery_are_told_once_each(daemon: Daemon) -> None:
    items, before = daemon.portfolio / "feeds" / "work_items.csv", versions(daemon.dagster.home)
    text = items.read_text()

    broken = text.replace("work_item_id,", "number,", 1)
    for state in (broken, f"{broken}\n", text):
        assert versions(daemon.dagster.home) == before
        runs = len(daemon.ended("sensor", "file_drop"))
        items.write_text(state)
        until(lambda runs=runs: len(daemon.ended("sensor", "file_drop")) > runs, "no run ended")

    assert daemon.ended("sensor", "file_drop") == ["SUCCESS", "FAILURE", "FAILURE", "SUCCESS"]
    until(lambda: len(daemon.letters()) > 1, "the recovery was not told")
    failed, works = daemon.letters()
    assert "the refresh failed" in failed and works == "Tiny, computed by hand: the refresh works again"


def test_what_was_fetched_by_itself_starts_a_run(daemon: Daemon) -> None:
    daemon.turn_on("sensor", "new_pulls")
    said = run(command("fetch", "--full"), daemon.env)
    assert said.exit_code == 0, said.err

    until(lambda: daemon.ended("sensor", "new_pulls"), "no run ended")
    assert daemon.ended("sensor", "new_pulls") == ["SUCCESS"]


def test_the_schedule_starts_a_run(daemon: Daemon) -> None:
    daemon.turn_on("schedule", "scheduled_refresh")

    until(lambda: daemon.ended("schedule", "scheduled_refresh"), "no run ended")
    assert daemon.ended("schedule", "scheduled_refresh")[-1] == "SUCCESS"
