"""Readers in other processes while versions are published: only whole versions, no error, no wait, never two behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources.common.limits import LEAST, Limits
from tests.serving.builds import Built, make_build, publish_built

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
PAUSE = 0.5  # seconds that a reader waits at most from one read to the next
MARKS = 7  # builds that are published in turn; each carries its number in three tables

# Reads until the file `stop` is there, then prints what it saw. `home/published` holds the number of the last publish
# that ended. A new connection must show that one or a later one, so what it shows is compared with what had ended
# before it was opened. It never shows less than the reader saw before. How long a reader keeps a connection:
# once = one read, a while = many, as a BI tool does; all along = the whole run, without letting go.
READER = (
    f"PAUSE = {PAUSE}"
    + """
import json, random, sys, time
from pathlib import Path
from serving.reader import connect

home, keeps, number, marks = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
database, stop = home / "serve/current/warehouse.duckdb", home / "stop"
told = {"keeps": keeps, "connections": 0, "reads": 0, "errors": [], "torn": 0, "behind": 0, "changed": 0, "seen": []}
invariant = '''
select
    (select min(reporting_amount) from core.fct_ledger_entries)::bigint,
    (select max(value) from metrics.fct_metric_values)::bigint,
    (select max(cost_reporting_amount) from outcomes.value_realization)::bigint
'''

def ended():
    return int((home / "published").read_text())

def publishes_since(mark, then, now):
    # the mark of publish n is n % marks: is it one of those from `then` to `now`, or the one under way?
    return any(n % marks == mark for n in range(then, now + 2))

while not stop.exists():
    try:
        before = ended()
        with connect(database) as connection:
            told["connections"] += 1
            first = None
            reads = {"once": 1, "a while": 50, "all along": 10**9}[keeps]
            while reads and not stop.exists():
                reads -= 1
                ledger, metric, mart = connection.execute(invariant).fetchone()
                told["reads"] += 1
                told["torn"] += not (ledger == metric == mart)
                if first is None:
                    first = ledger
                    told["behind"] += not publishes_since(ledger, before, ended())
                    (home / f"ready-{number}").touch()
                told["changed"] += ledger != first
                if ledger not in told["seen"]:
                    told["seen"].append(ledger)
                time.sleep(random.uniform(0, PAUSE))  # eight readers that never paused would leave the publisher no CPU
    except Exception as error:
        told["errors"].append(repr(error))
print(json.dumps(told))
"""
)


@dataclass
class Told:
    """What a reader saw."""

    keeps: str
    connections: int
    reads: int
    errors: list[str]
    torn: int  # reads in which three tables did not carry the same number
    behind: int  # new connections that showed a version older than the last publish that had ended
    changed: int  # reads that showed another version than the first of the same connection
    seen: list[int]


@contextmanager
def reading(home: Path, keep: tuple[str, ...]) -> Iterator[list[Told]]:
    """Readers at work, each in a process of its own; what they saw, once they have been stopped."""
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(home), keeps, str(number), str(MARKS)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, keeps in enumerate(keep)
    ]
    told: list[Told] = []
    try:
        while not all((home / f"ready-{number}").exists() for number in range(len(readers))):
            assert all(reader.poll() is None for reader in readers), "a reader ended before it began"
        yield told
    finally:
        (home / "stop").touch()
        outputs = [reader.communicate(timeout=120)[0] for reader in readers]
    told += [Told(**json.loads(output.splitlines()[-1])) for output in outputs]  # above it a progress bar may stand


def publish_under_readers(home: Path, built: Built, builds: Path, publishes: int, keep: tuple[str, ...]) -> list[Told]:
    """Publish so many versions while readers read; what they saw. A publish that had to wait or failed would raise."""
    builds.mkdir()
    marked = [Built(make_build(builds / f"{mark}.duckdb", mark=float(mark)), built.records) for mark in range(MARKS)]
    one_thread = Limits(LEAST, 1)  # so small a build takes half of the CPU then
    publish_built(home, marked[0], 0, now=datetime.now(UTC), limits=one_thread)
    (home / "published").write_text("0")
    with reading(home, keep) as told:
        for number in range(1, publishes + 1):
            publish_built(home, marked[number % MARKS], number, now=datetime.now(UTC), limits=one_thread)
            draft = home / ".published"
            draft.write_text(str(number))
            draft.replace(home / "published")
    return told


def assert_undisturbed(told: list[Told], *, is_long: bool) -> None:
    """No error, no read of two versions, no connection behind; and the readers did see versions come and go."""
    assert [(t.keeps, t.errors, t.torn, t.behind, t.changed) for t in told] == [(t.keeps, [], 0, 0, 0) for t in told]
    assert all(t.reads > 0 for t in told)
    for reader in told:
        if reader.keeps == "all along":
            assert (reader.connections, len(reader.seen)) == (1, 1), "it let go of its version: the test shows nothing"
        elif reader.keeps == "once" or is_long:
            assert len(reader.seen) >= 3, "the reader saw no change: the test shows nothing"


def test_readers_see_only_whole_versions(home: Path, built: Built, tmp_path: Path) -> None:
    told = publish_under_readers(home, built, tmp_path / "builds", 20, ("once", "all along"))

    assert_undisturbed(told, is_long=False)


@pytest.mark.slow
def test_eight_readers_see_a_thousand_publishes(home: Path, built: Built, tmp_path: Path) -> None:
    keep = ("once",) * 3 + ("a while",) * 3 + ("all along",) * 2

    told = publish_under_readers(home, built, tmp_path / "builds", 1000, keep)

    print(json.dumps([vars(t) for t in told]))
    assert_undisturbed(told, is_long=True)
