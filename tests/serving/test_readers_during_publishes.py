"""Readers in other processes while versions are published: only whole versions, no error, no wait."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.serving.builds import Built, make_build, publish_built

ROOT = Path(__file__).parents[2]
PUBLISHES = 30
BUILDS = 3

# Prints {"reads", "errors", "torn", "seen"}. A holder keeps each connection for many reads, as a BI tool does.
READER = """
import json, sys, time
from pathlib import Path
from serving.reader import connect

home, reads_a_connection = Path(sys.argv[1]), int(sys.argv[2])
database, stop = home / "serve/current/warehouse.duckdb", home / "stop"
told = {"reads": 0, "errors": [], "torn": 0, "seen": []}
invariant = '''
select
    (select min(reporting_amount) from core.fct_ledger_entries)::double,
    (select max(value) from metrics.fct_metric_values)::double,
    (select max(cost_reporting_amount) from outcomes.value_realization)::double
'''
(home / f"ready-{sys.argv[3]}").touch()
while not stop.exists():
    try:
        with connect(database) as connection:
            for _ in range(reads_a_connection):
                ledger, metric, mart = connection.execute(invariant).fetchone()
                told["reads"] += 1
                told["torn"] += not (ledger == metric == mart)
                if ledger not in told["seen"]:
                    told["seen"].append(ledger)
                time.sleep(0.01)
    except Exception as error:
        told["errors"].append(str(error))
print(json.dumps(told))
"""


def test_readers_see_only_whole_versions(home: Path, built: Built, tmp_path: Path) -> None:
    marked = [
        Built(make_build(tmp_path / f"{mark}.duckdb", mark=float(mark)), built.records) for mark in range(1, BUILDS + 1)
    ]
    publish_built(home, marked[0], 0)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(home), str(reads), str(number)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, reads in enumerate((1, 100))
    ]
    try:
        while not all((home / f"ready-{number}").exists() for number in range(len(readers))):
            assert all(reader.poll() is None for reader in readers)
        for number in range(1, PUBLISHES + 1):
            publish_built(home, marked[number % BUILDS], number)
    finally:
        (home / "stop").touch()
    told = [json.loads(reader.communicate(timeout=30)[0]) for reader in readers]
    assert [(reader["errors"], reader["torn"]) for reader in told] == [([], 0)] * len(readers)
    assert all(len(reader["seen"]) == BUILDS for reader in told[:1]), "the reader saw no change: the test shows nothing"
