"""`kill -9` at any moment of a refresh: the next refresh publishes what an undisturbed one does, and nobody saw anything else."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Stage
from tests.end_to_end.harness import (
    ROOT,
    TINY,
    Rows,
    clean_environment,
    command,
    environment,
    figures,
    served,
    versions,
)
from tests.end_to_end.nursery import Nursery, alive, with_group

pytestmark = pytest.mark.xdist_group("tiny")

MOMENTS = 20

# Reads the served version over and over, as a dashboard does; prints {"reads", "errors", "seen"} at the end.
READER = """
import hashlib, json, sys, time
from pathlib import Path
from serving.reader import query

home, told = Path(sys.argv[1]), {"reads": 0, "errors": [], "seen": []}
database = home / "serve" / "current" / "warehouse.duckdb"
sql = "select md5(string_agg(v::varchar, '|' order by v::varchar)) from (select (metric_name, grain, period_start, \
dimension_name, member_id, value, n, status) as v from metrics.fct_metric_values)"
print("ready", flush=True)
while not (home / "stop").exists():
    if database.exists() or told["reads"]:
        try:
            seen = query(database, sql).rows[0][0]
            told["reads"] += 1
            if seen not in told["seen"]:
                told["seen"].append(seen)
        except Exception as error:
            told["errors"].append(repr(error))
    time.sleep(0.05)
print(json.dumps(told), flush=True)
"""


def is_built(build: Path) -> bool:
    """The moment when nobody has written to a build's files for a second: the audit, which takes some seconds."""
    files = [build / "warehouse.duckdb", build / "stage.duckdb"]
    return all(file.exists() and time.time() - file.stat().st_mtime > 1 for file in files) and not [
        *build.glob("*.wal")
    ]


@contextmanager
def reader(home: Path) -> Iterator[dict[str, Any]]:
    """A reader at work meanwhile; what it saw is there afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {}
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(home)], env=clean_environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline().strip() == "ready"
    try:
        yield told
    finally:
        (home / "stop").touch()
        told |= json.loads(process.communicate(timeout=60)[0])
        (home / "stop").unlink()


def assert_nothing_left(home: Path) -> None:
    """Whole versions in serve/, each as its manifest says, and no scratch anywhere."""
    from serving.versions import list_versions, verify

    assert {path.name for path in (home / "serve").iterdir()} - {".lock", "current"} == set(versions(home))
    assert [damage for version in list_versions(home) for damage in verify(version)] == []
    assert not (home / "tmp").exists() or list((home / "tmp").iterdir()) == []


@dataclass(frozen=True)
class Undisturbed:
    """A refresh that nobody killed."""

    figures: tuple[Rows, Rows]
    seconds: float


@pytest.mark.slow
def test_killed_again_and_again_and_then_left_alone(recovered: Stage, tmp_path: Path) -> None:
    """Four refreshes in a row die at work: while landing, building, auditing and publishing."""
    undisturbed = recovered.figures
    home = tmp_path / "tiny"
    # without what was landed, so that there is something to land, and whose it is
    left_out = shutil.ignore_patterns("landing", "build", "check", "portfolio.txt")
    shutil.copytree(recovered.home, home, symlinks=True, ignore=left_out)
    version = versions(home)
    nursery = Nursery(tmp_path, TINY)
    try:
        moments: list[Callable[[], bool]] = [
            lambda: len(list(home.glob("landing/*/source=office"))) > 3,
            (home / "build" / "warehouse.duckdb").exists,
            lambda: is_built(home / "build"),
            lambda: list(home.glob("serve/.candidate-*/warehouse.duckdb")) != [],
        ]
        with reader(home) as told:
            killed: list[bool] = []
            for moment in moments:
                shutil.rmtree(home / "build", ignore_errors=True)  # so that it tells how far this one came
                killed.append(nursery.kill_when(moment))
                assert versions(home) == version
                assert figures(served(home)) == undisturbed
            nursery.start(full=True)
            ended = nursery.wait()
    finally:
        nursery.close()

    assert killed == [True] * 4
    assert ended == 0
    assert figures(served(home)) == undisturbed
    assert len(versions(home)) == len(version) + 1
    assert told["errors"] == []
    assert told["reads"] > 0
    assert len(told["seen"]) == 1
    assert_nothing_left(home)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A refresh in a process of its own, from nothing."""
    homes = tmp_path_factory.mktemp("undisturbed")
    env = clean_environment(ROOT, **environment(homes, TINY))
    subprocess.run(command("refresh"), env=env, cwd=ROOT, check=True, capture_output=True)
    shutil.rmtree(homes)
    started = time.monotonic()
    subprocess.run(command("refresh"), env=env, cwd=ROOT, check=True, capture_output=True)
    return Undisturbed(figures(served(homes / "tiny")), time.monotonic() - started)


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(1, MOMENTS + 1))
def test_killed_at_a_moment_of_its_run(moment: int, undisturbed: Undisturbed, tmp_path: Path) -> None:
    home = tmp_path / "tiny"
    env = clean_environment(ROOT, **environment(tmp_path, TINY))
    with reader(home) as told:
        process = subprocess.Popen(
            command("refresh"),
            env=env,
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(undisturbed.seconds * moment / (MOMENTS + 1))
        with_group(process.pid, signal.SIGKILL)
        process.wait()
        left = [path for path in home.glob("serve/current") if not path.exists()]
        after = subprocess.run(command("refresh"), env=env, cwd=ROOT, check=False, capture_output=True, text=True)
        time.sleep(0.3)  # for the reader to look once more

    assert left == []
    assert after.returncode == 0, after.stderr
    assert figures(served(home)) == undisturbed.figures
    assert told["errors"] == []
    assert len(told["seen"]) == 1
    assert_nothing_left(home)


@pytest.mark.slow
def test_no_helper_outlives_a_killed_refresh(tmp_path: Path) -> None:
    """Only the refresh itself is killed, as a person or the system's memory watchdog does."""
    env = clean_environment(ROOT, **environment(tmp_path, TINY))
    process = subprocess.Popen(
        command("refresh"),
        env=env,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (tmp_path / "tiny" / "build" / "warehouse.duckdb").exists():
        time.sleep(0.05)
    helpers = [pid for pid in group(process.pid) if pid != process.pid]
    process.kill()
    process.wait()
    ended = time.monotonic() + 60
    while time.monotonic() < ended and any(alive(pid) for pid in helpers):
        time.sleep(0.1)
    survivors = [pid for pid in helpers if alive(pid)]
    with_group(process.pid, signal.SIGKILL)

    assert helpers
    assert survivors == []


def group(leader: int) -> list[int]:
    """The processes of a process group."""
    found: list[int] = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == leader:
                found.append(int(path.name))
    return found
