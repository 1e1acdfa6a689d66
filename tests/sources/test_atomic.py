"""Whatever happens to a landing, landing/ holds whole loads only, and the next landing makes good."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from sources.common import disk
from tests.conftest import ROOT
from tests.sources.bench import Bench

FEEDS = ("teams", "products", "customers")


def run(bench: Bench, *jobs: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.sources.killed", str(bench.folder), *jobs]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def offer(bench: Bench, version: int) -> None:
    """Three feeds, one with rejects."""
    bench.write("data/export.csv", "id,label\n" + "".join(f"t{i},{version}-{i}\n" for i in range(2000)) + "t9999,\n")
    for feed in FEEDS:
        key, name = f"{feed[:-1]}_id", "segment" if feed == "customers" else "name"
        bench.write(f"feeds/{feed}.sql", f"select id as {key}, label as {name}, _file, _record from raw.export")


def assert_whole(home: Path) -> None:
    """Every load has its load.json and readable parts that hold what it says."""
    for folder in (home / "landing").glob("*/source=src/*"):
        record = json.loads((folder / "load.json").read_text())
        held, rows = duckdb.sql(
            f"select count(*) filter (_row_kind = 'held'), count(*) from read_parquet('{folder}/part-*.parquet')"
        ).fetchall()[0]
        rejects = home / "quarantine" / record["feed"] / "source=src" / f"{folder.name}.parquet"
        rejected = len(duckdb.sql(f"from read_parquet('{rejects}')")) if rejects.exists() else 0
        assert (rows - held, rejected) == (record["counts"]["landed_rows"], record["counts"]["quarantined_rows"])


def shown(bench: Bench) -> list[object]:
    columns = {"teams": "team_id,name", "products": "product_id,name", "customers": "customer_id,segment"}
    with bench.stage() as stage:
        return [stage.execute(bench.current_sql(feed, columns[feed])).fetchall() for feed in FEEDS]


def test_a_landing_killed_at_any_moment_leaves_whole_loads_and_the_next_makes_good(bench: Bench) -> None:
    offer(bench, 1)
    bench.land()
    first = bench.home.parent / "first"
    shutil.copytree(bench.home, first)
    offer(bench, 2)
    undisturbed = Bench(bench.folder.parent)
    undisturbed.land()
    expected = shown(undisturbed)
    moments = random.Random(20260428)
    hows = [f"rename:{done}" for done in range(5)]  # three loads and two quarantines become visible one by one
    hows += [f"steps:{moments.randint(1, 60_000)}" for _ in range(3)]
    hows += [f"millis:{moments.randint(20, 200)}" for _ in range(2)]
    homes = [bench.home.parent / f"home-{number}" for number in range(len(hows))]
    for home in homes:
        shutil.copytree(first, home)
    ended = run(bench, *(f"{how}={home}" for how, home in zip(hows, homes, strict=True)))
    assert [line.split()[-1] for line in ended.stdout.splitlines()][:8] == ["-9"] * 8, ended
    for home in homes:
        assert_whole(home)
        bench.home = home
        bench.land()
        assert_whole(home)
        assert shown(bench) == expected


@pytest.mark.parametrize("size", [4_096, 7_700])  # of the parts of the three loads, none fits, or some do
def test_a_full_disk_makes_nothing_visible(bench: Bench, size: int) -> None:
    offer(bench, 1)
    bench.land()
    before = bench.tree()
    offer(bench, 2)
    ended = run(bench, f"bytes:{size}={bench.home}")
    assert (bench.tree(), ended.stdout.split()[-1]) == (before, "3")
    assert [p for p in (bench.home / "tmp").rglob("*") if p.is_file()] == []
    bench.land()
    assert_whole(bench.home)


@pytest.mark.parametrize("good_syncs", [0, 5, 10])
def test_a_disk_that_fails_while_loads_are_synced_makes_nothing_visible(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, good_syncs: int
) -> None:
    offer(bench, 1)
    left = [good_syncs]

    def sync(_path: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "sync", sync)
    with pytest.raises(OSError, match="No space left"):
        bench.land()
    assert list((bench.home / "landing").glob("*/source=src/*")) == []


def test_two_landings_at_once_both_succeed_and_show_the_same(bench: Bench) -> None:
    offer(bench, 1)
    ended = run(bench, *[f"together={bench.home}"] * 2)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert_whole(bench.home)
    twice = shown(bench)
    bench.home = bench.home.parent / "alone"
    bench.land()
    assert twice == shown(bench)


def test_scratch_is_taken_away(bench: Bench) -> None:
    offer(bench, 1)
    bench.land()
    assert [p for p in (bench.home / "tmp").rglob("*") if p.is_file()] == []
