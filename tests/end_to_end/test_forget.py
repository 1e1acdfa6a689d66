"""`outcomes forget`: after it no file of the warehouse names the person, the figures stand, and nothing brings them back."""

import base64
import gzip
import hashlib
import hmac
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from dagster_project.settings import read_portfolio
from sources.keys import pseudonym_key
from sources.landing import land_source
from tests.end_to_end import staff
from tests.end_to_end.harness import (
    METRIC_VALUES,
    ROOT,
    Rows,
    Said,
    clean_environment,
    environment,
    outcomes,
    read,
    served,
    tree,
    versions,
)

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("forget")]

OLD = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
HOURS = "select sum(worked_hours), count(distinct person_key), count(*) from core.fct_time_entries"
USE = "select sum(events), count(distinct user_id), count(*) from core.fct_usage_daily"
MONEY = "select sum(reporting_amount), count(*) from core.fct_ledger_entries"
ANSWERS = "select sum(score), count(*), count(*) filter (is_counted) from core.fct_survey_responses"


# an oracle of its own: it shares nothing with the search that the command does


def needles(home: Path) -> list[bytes]:
    """Everything by which she could be found, in small letters."""
    key = (home / "key").read_text().strip().encode()
    found: set[bytes] = set()
    for text in (staff.ID, staff.MAIL, staff.MAIL.lower(), staff.NAME):
        digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
        short = digest[:16]
        found |= {
            text.encode(),
            digest.hex()[:32].encode(),
            base64.b64encode(digest)[:20],
            text.replace("@", "%40").encode(),
        }
        found |= {base64.b64encode(short)[:20], short}
    return sorted({needle.lower() for needle in found})


def contents(path: Path) -> Iterator[bytes]:
    """A file's bytes, and what they say once decoded."""
    raw = path.read_bytes()
    yield raw
    if raw[:4] == b"PAR1":
        yield json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False).encode()
    elif raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    elif raw[8:12] == b"DUCK":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                yield repr(connection.execute(f'select * from "{schema}"."{table}"').fetchall()).encode()


def named(home: Path) -> set[str]:
    """Files below a home that name her, or whose names do."""
    wanted, found = needles(home), set[str]()
    for path in sorted(home.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        texts = [str(path.relative_to(home)).encode(), *contents(path)]
        if any(needle in text.lower() for text in texts for needle in wanted):
            found.add(path.relative_to(home).as_posix())
    return found


@dataclass(frozen=True)
class Story:
    """A warehouse before and after."""

    portfolio: Path
    homes: Path
    was_named: set[str]
    files: dict[str, tuple[int, int]]
    dry: Said
    dry_changed: bool
    said: Said

    @property
    def home(self) -> Path:
        """Where the warehouse is kept."""
        return self.homes / "tiny"


def totals(home: Path) -> dict[str, Rows]:
    """Sums and counts of what people did."""
    return {sql: read(served(home), sql) for sql in (HOURS, USE, MONEY, ANSWERS)}


def told(database: Path) -> Rows:
    """The metric values that a version says; two builds of one thing add up in another order."""
    return [
        tuple(float(f"{value:.9g}") if isinstance(value, float) else value for value in row)
        for row in read(database, METRIC_VALUES)
    ]


def contents_of(home: Path) -> dict[str, tuple[int, int]]:
    """Every file below a home with its size and time of change; a lock that was held leaves its folder touched."""
    return {name: stat for name, stat in tree(home).items() if not (home / name).is_dir()}


def run(portfolio: Path, homes: Path, *arguments: str) -> Said:
    return outcomes(*arguments, home=homes, portfolio=portfolio)


def land(folder: Path, home: Path) -> None:
    """Land a portfolio's files, as a refresh begins, without the build that takes its time."""
    portfolio = read_portfolio(folder)
    [source] = portfolio.sources
    land_source(folder, home, source, portfolio.landing_rules(), pseudonym_key(home, None), datetime.now(UTC))


def serve(home: Path) -> None:
    """Serve a version that names her in its one table."""
    version = home / "serve" / OLD
    version.mkdir(parents=True)
    people = f"read_parquet('{home}/landing/people/*/*/part-0.parquet', hive_partitioning = false)"
    with duckdb.connect(str(version / "warehouse.duckdb")) as connection:
        connection.execute(f"create schema core; create table core.dim_person as select person_id from {people}")
    (version / "manifest.json").write_text('{"settings": {}, "code_fingerprint": "of an older day"}')
    (home / "serve" / "current").symlink_to(OLD)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """What landed, a version that is served, and what lies about of older days; a dry run; and she is forgotten."""
    root = tmp_path_factory.mktemp("forget")
    portfolio, homes = staff.staffed(root / "portfolio"), root / "homes"
    home = homes / "tiny"
    land(portfolio, home)
    serve(home)
    for aside in ("check", "as-of"):
        for kept in ("landing", "quarantine"):
            shutil.copytree(home / kept, home / aside / kept, copy_function=os.link)
    for left in (
        "pulls/jira/01J/pull.json",
        "pulls/jira/open/issues.jsonl",
        "tmp/scratch/work.csv",
        "serve/.removed-00/export.csv",
        "build/spill/rows.csv",
        "last_refresh.json",
    ):
        (home / left).parent.mkdir(parents=True, exist_ok=True)
        (home / left).write_text(json.dumps({"message": f"ask {staff.MAIL}"}))
    was_named, files, stood = named(home), tree(portfolio), contents_of(home)
    dry = run(portfolio, homes, "forget", *staff.NAMES, "--dry-run")
    changed = contents_of(home) != stood
    said = run(portfolio, homes, "forget", *staff.NAMES)
    return Story(portfolio, homes, was_named, files, dry, changed, said)


def test_it_ends_well_and_says_that_it_is_proven(story: Story) -> None:
    assert story.said.exit_code == 0, story.said.err
    assert "Proven: searched" in story.said.out


def test_no_file_names_her_any_more(story: Story) -> None:
    assert named(story.home) == set()


def test_she_was_everywhere_before(story: Story) -> None:
    places = {"/".join(name.split("/")[:2]) for name in story.was_named}
    feeds = ("customers", "labour_rates", "ledger_entries", "objectives", "people", "survey_responses", "time_entries")
    assert {f"landing/{feed}" for feed in (*feeds, "usage_daily", "work_items", "work_item_changes")} <= places
    assert {f"serve/{OLD}", "build/spill", "last_refresh.json", "tmp/scratch", "serve/.removed-00"} <= places
    assert {"quarantine/time_entries", "check/landing", "as-of/landing", "pulls/jira"} <= places


def test_the_dry_run_names_the_places_and_changes_nothing(story: Story) -> None:
    assert (story.dry.exit_code, story.dry_changed) == (0, False)
    assert "landing/time_entries" in story.dry.out
    assert "Nothing was changed" in story.dry.out


def test_the_versions_that_named_her_are_gone(story: Story) -> None:
    [left] = versions(story.home)
    assert left != OLD
    assert f"Removed 1 version that named them: {OLD}" in story.said.out


def test_the_portfolios_own_files_are_named_and_not_touched(story: Story) -> None:
    assert tree(story.portfolio) == story.files
    assert "feeds/time_entries.csv" in story.said.out


def test_the_same_files_bring_nothing_back(story: Story) -> None:
    loads = len(list((story.home / "landing").rglob("load.json")))
    said = run(story.portfolio, story.homes, "refresh")
    assert said.exit_code == 0
    assert "Nothing new" in said.out
    assert len(list((story.home / "landing").rglob("load.json"))) == loads


def test_somebody_unknown_is_nobody_to_forget(story: Story) -> None:
    stood = contents_of(story.home)
    said = run(story.portfolio, story.homes, "forget", "grace.hopper")
    assert said.exit_code == 0
    assert "Nothing to do" in said.out
    assert contents_of(story.home) == stood


def test_nobody_at_all_is_wrong_usage(story: Story) -> None:
    assert run(story.portfolio, story.homes, "forget", " ").exit_code == 2


@pytest.mark.parametrize("lock", [".lock", "check/.lock", "as-of/.lock"])
def test_it_waits_for_nobody(story: Story, lock: str) -> None:
    with FileLock(story.home / lock):
        said = run(story.portfolio, story.homes, "forget", staff.ID)
    assert said.exit_code == 3
    assert "wait" in said.err


def test_a_key_that_is_gone_stops_refresh_and_forget(story: Story) -> None:
    key = story.home / "key"
    kept = key.read_text()
    key.unlink()
    try:
        for command in (("refresh",), ("forget", staff.ID)):
            said = run(story.portfolio, story.homes, *command)
            assert said.exit_code == 1
            assert "the key for pseudonyms is missing" in said.err
            assert not key.exists()
    finally:
        key.write_text(kept)
        key.chmod(0o600)


def test_a_home_that_was_backed_up_and_restored_wants_its_key_back(story: Story, tmp_path: Path) -> None:
    aside = [f"--exclude={name}" for name in ("tiny/key", "tiny/build", "tiny/check", "tiny/as-of", "tiny/tmp")]
    backup = tmp_path / "tiny.tar.gz"
    subprocess.run(["tar", "-czf", backup, "-C", story.homes, *aside, "tiny"], check=True)
    restored = tmp_path / "restored"
    restored.mkdir()
    subprocess.run(["tar", "-xzf", backup, "-C", restored], check=True)

    without = run(story.portfolio, restored, "refresh")
    assert (without.exit_code, (restored / "tiny" / "key").exists()) == (1, False)
    assert "the key for pseudonyms is missing" in without.err

    subprocess.run(["install", "-m", "600", story.home / "key", restored / "tiny" / "key"], check=True)
    said = run(story.portfolio, restored, "refresh")
    assert said.exit_code == 0
    assert "Nothing new" in said.out


def test_before_anything_has_landed_nobody_is_there(story: Story, tmp_path: Path) -> None:
    said = run(story.portfolio, tmp_path, "forget", staff.ID)
    assert said.exit_code == 2
    assert "nothing has landed" in said.err


# the long ones: a home with a past, and deaths on the way


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A portfolio and homes with two versions, one point-in-time, and a check."""
    root = tmp_path_factory.mktemp("past")
    portfolio, homes = staff.staffed(root / "portfolio"), root / "homes"
    commands = (["refresh"], ["check"], ["refresh", "--as-of", "2025-06-30"])
    assert [run(portfolio, homes, *c).exit_code for c in commands] == [0, 0, 0]
    staff.more_hours(portfolio)
    assert run(portfolio, homes, "refresh").exit_code == 0
    return portfolio, homes


# forgets, and dies at the n-th step that changes a file
MORTAL = """
import os, shutil, signal, sys
from pathlib import Path
from dagster_project import forgetting
from dagster_project.settings import workspace

if __name__ == "__main__":
    left = [int(sys.argv[1])]

    def mortal(step):
        def stepped(*arguments, **named):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*arguments, **named)
        return stepped

    Path.replace, Path.rename, shutil.rmtree = mortal(Path.replace), mortal(Path.rename), mortal(shutil.rmtree)
    space = workspace()
    with forgetting.alone(space):
        forgetting.forget(space, forgetting.look(space, sys.argv[2:]), verbose=False)
    print(int(sys.argv[1]) - left[0])
"""


def killed_at(step: int, portfolio: Path, homes: Path) -> subprocess.CompletedProcess[str]:
    """Forget her in a process that dies at that step."""
    return subprocess.run(
        [sys.executable, "-c", MORTAL, str(step), *staff.NAMES],
        env=clean_environment(ROOT, **environment(homes, portfolio)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.mark.slow
def test_killed_at_any_step_it_is_finished_by_the_next_call(past: tuple[Path, Path], tmp_path: Path) -> None:
    portfolio, homes = past
    whole = shutil.copytree(homes, tmp_path / "whole", symlinks=True)
    ended = killed_at(1_000_000, portfolio, whole)
    assert ended.returncode == 0, ended.stderr
    steps = int(ended.stdout.split()[-1])
    expected = told(served(whole / "tiny"))
    for number, step in enumerate(sorted({1, 2, 3, 8, *range(14, steps, max(1, steps // 6)), steps - 1, steps})):
        torn = shutil.copytree(homes, tmp_path / f"torn-{number}", symlinks=True)
        assert killed_at(step, portfolio, torn).returncode == -signal.SIGKILL
        said = run(portfolio, torn, "forget", *staff.NAMES)
        assert said.exit_code == 0, (step, said.err)
        assert named(torn / "tiny") == set(), step
        assert told(served(torn / "tiny")) == expected, step
        shutil.rmtree(torn)


@pytest.mark.slow
def test_a_home_with_a_past_forgets_and_a_later_file_brings_nobody_back(
    past: tuple[Path, Path], tmp_path: Path
) -> None:
    given, kept = past
    portfolio, homes = (
        shutil.copytree(given, tmp_path / "portfolio"),
        shutil.copytree(kept, tmp_path / "homes", symlinks=True, ignore=shutil.ignore_patterns("portfolio.txt")),
    )
    home = homes / "tiny"
    before, shown = totals(home), told(served(home))
    said = run(portfolio, homes, "forget", *staff.NAMES)
    assert (said.exit_code, named(home), len(versions(home))) == (0, set(), 1)
    assert (totals(home), told(served(home))) == (before, shown)
    assert "No published figure changed" in said.out
    staff.more_hours(portfolio, "2025-05-21")
    assert run(portfolio, homes, "refresh").exit_code == 0
    assert named(home) == set()
    [(hours, people, rows)] = totals(home)[HOURS]
    [(hours_before, people_before, rows_before)] = before[HOURS]
    assert (float(hours) - float(hours_before), people - people_before, rows - rows_before) == (8, 0, 2)
    assert run(portfolio, homes, "check").exit_code == 0
    assert named(home) == set()
