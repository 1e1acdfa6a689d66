"""Processes that are killed, run at once, or find a full disk or another time of day."""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sources.common import disk as files
from tests.end_to_end import staff
from tests.end_to_end.harness import ROOT, clean_environment, command, environment
from tests.end_to_end.nursery import Nursery
from tests.faults.bench import NEWS, Bench, Fault, lost_tables, one_thread, read_values, tables_of, used
from tests.serving.builds import make_build, make_records
from tests.serving.test_readers_during_publishes import Built, publish_under_readers
from tests.sources.fakes import jira
from tests.sources.fakes.server import running

STEPS = {  # and what they are called in the table
    "land": "land", "freeze": "freeze", "build_first_pass": "build", "measure": "measure", "build_second_pass": "build",
    "measure_outcomes": "measure", "build_last_pass": "build", "audit": "audit", "publish": "publish", "show": "show",
}  # fmt: skip
MOMENTS = 4  # in each step of one refresh
# who is forgotten gets a random replacement pseudonym, which these tables hold
NAME_PEOPLE = {
    *("core.dim_customer", "core.dim_deliverable", "core.dim_objective", "core.dim_person", "core.fct_deliverables"),
    *("core.fct_ledger_entries", "core.fct_survey_responses", "core.fct_time_entries", "core.fct_usage_daily"),
    *("core.fct_work_item_changes", "outcomes.value_realization"),
}
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


@contextmanager
def nursery(homes: Path, portfolio: Path) -> Generator[Nursery]:
    """A nursery that is closed at the end."""
    found = Nursery(homes, portfolio)
    try:
        yield found
    finally:
        found.close()


def killed(bench: Bench, tries: int) -> list[Fault]:
    """SIGKILL, with all its processes, at a random moment of each step of a refresh to which something is new."""
    fault = Fault("`kill -9` in a refresh with news", "one plain refresh: equal to a clean build")
    assert bench.values
    bench.give("second")
    fault.counted = dict.fromkeys(STEPS.values(), 0)
    with nursery(bench.folder / "copy", bench.portfolio) as refreshes:
        bench.copy()
        took = refreshes.steps(full=False)
        for number in bench.tries(tries):
            step = [*STEPS][number % len(STEPS)]
            home = bench.copy()
            while not refreshes.kill_in(step, took[step], bench.random, full=False):
                home = bench.copy()  # it had ended
            fault.counted[STEPS[step]] += 1
            bench.recover(fault, home, ("refresh",), state="second", what=f"killed in {step}")
    return [fault]


def stopped_with_news(bench: Bench, tries: int) -> list[Fault]:
    """Random moments of each step of a refresh to which something is new."""
    return _stopped(bench, tries, "a refresh with news", full=False)


def stopped_full(bench: Bench, tries: int) -> list[Fault]:
    """Random moments of each step of a full refresh to which nothing is new."""
    return _stopped(bench, tries, "`outcomes refresh --full`", full=True)


def _stopped(bench: Bench, tries: int, what: str, *, full: bool) -> list[Fault]:
    """Several random moments in each step of a refresh: it is stopped with all its processes (SIGSTOP), and its home is
    copied, which is what SIGKILL would leave there."""
    fault = Fault(
        f"home as it was at a random moment of {what}, all processes stopped",
        "one plain refresh: equal to a clean build",
    )
    assert bench.values
    bench.give("second")
    before, homes = "second" if full else "first", bench.folder / "copy"
    fault.counted = dict.fromkeys(STEPS.values(), 0)
    counting = bench.tries(tries)
    with nursery(homes, bench.portfolio) as refreshes:
        bench.copy(before)
        took = refreshes.steps(full=full)
        while fault.tries < tries:
            home, left = bench.copy(before), list[tuple[str, Path]]()

            def look(step: str, home: Path = home, left: list[tuple[str, Path]] = left) -> None:
                copied = bench.folder / "stopped" / str(len(left))
                shutil.copytree(home, copied, symlinks=True, copy_function=_copied)
                left.append((step, copied))

            moments = {step: [bench.random.uniform(0, took[step]) for _ in range(MOMENTS)] for step in STEPS}
            assert refreshes.stop_in(moments, look, full=full) == 0
            bench.random.shuffle(left)  # the last refresh's are not all needed
            wanted = min(tries, fault.tries + len(left))
            for (step, copied), _ in zip(left, counting, strict=False):
                shutil.rmtree(home)
                copied.rename(home)
                name = STEPS.get(step, step)  # it may have come to the mirror, of which there is none
                fault.counted[name] = fault.counted.get(name, 0) + 1
                bench.recover(fault, home, ("refresh",), state="second", what=f"stopped in {step}")
            shutil.rmtree(bench.folder / "stopped")
            if fault.tries < wanted:
                break  # the minutes are over
    return [fault]


def _copied(source: str, target: str) -> None:
    """Copy a file; of a published version, which nobody writes to again, its name only."""
    if "/serve/0" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def wal_deleted(bench: Bench, tries: int) -> list[Fault]:
    """A write-ahead log that a killed build left, and somebody deletes."""
    fault = Fault("write-ahead log deleted after a kill", "one plain refresh: equal to a clean build")
    assert bench.values
    bench.give("second")
    with nursery(bench.folder / "copy", bench.portfolio) as refreshes:
        for _ in bench.tries(tries):
            home = bench.copy()
            refreshes.kill_when(lambda home=home: list((home / "build").glob("*.wal")) != [])
            left = list((home / "build").glob("*.wal"))
            for path in left:
                path.unlink()
            bench.recover(fault, home, ("refresh",), state="second", what=f"deleted {len(left)}")
    return [fault]


@contextmanager
def small_disk(folder: Path, room: int) -> Generator[Path]:
    """A file system of so many bytes; needs the right to mount one."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def disk_full(bench: Bench, tries: int) -> list[Fault]:
    """A disk that is full sooner or later in a refresh; to every fifth something is new, the others are full ones."""
    fault = Fault("disk full in a refresh", "figures as before; with room again one refresh equals a clean build")
    assert bench.values
    bench.give("second")
    fault.counted = {"failed": 0}
    with small_disk(bench.folder / "disk", 400_000_000) as disk, nursery(disk, bench.portfolio) as refreshes:
        home, ballast = disk / "tiny", disk / "ballast"
        shutil.rmtree(bench.copy("second", home) / "build")  # so that what a refresh needs is all that it writes
        before = files.size(home)
        assert refreshes.run(full=True) == 0
        needed = files.size(home) - before
        for number in bench.tries(tries):
            has_news = number % 5 == 0
            shutil.rmtree(bench.copy("first" if has_news else "second", home) / "build")
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            room = int(needed * (number + bench.random.random()) / tries)
            ballast.write_bytes(b"\0" * (free - room))
            fault.counted["failed"] += refreshes.run(full=not has_news) != 0
            fault.wrong_reads += read_values(home) is None
            ballast.unlink()
            bench.recover(fault, home, ("refresh",), state="second", what=f"{room / 1e6:.1f} MB free")
    return [fault]


def at_another_time(days: int) -> dict[str, str]:
    """The environment of a process whose clock is so many days ahead, or behind."""
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{days:+d}d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def clock(bench: Bench, tries: int) -> list[Fault]:
    """A machine whose clock is some days wrong, in both directions, between refreshes to which something is new."""
    fault = Fault("clock back and forward by up to 400 days", "equal to the same refreshes with a right clock")
    if not FAKETIME.exists():
        return []
    bench.give("first")
    right, wrong = (bench.copy(home=bench.folder / name / "tiny") for name in ("right", "wrong"))
    for number in bench.tries(tries):
        bench.items.write_text(bench.texts["first"] + NEWS.replace("Wish list", f"Wish list {number}"))
        env = clean_environment(ROOT, **environment(wrong.parent, bench.portfolio))
        days = bench.random.choice((-1, 1)) * bench.random.randint(1, 400)
        env |= at_another_time(days)
        assert bench.run(right, "refresh").exit_code == 0
        started = time.monotonic()
        ended = subprocess.run(command("refresh"), env=env, cwd=ROOT, check=False, capture_output=True, text=True)
        fault.seconds.append(time.monotonic() - started)
        lost = lost_tables(tables_of(wrong), tables_of(right))
        fault.lost += len(lost)
        fault.count(holds=ended.returncode == 0 and not lost, what=f"{days} days: {lost} {ended.stderr[-500:]}")
    return [fault]


def readers(bench: Bench, tries: int) -> list[Fault]:
    """Versions published one after the other under eight readers in other processes."""
    fault = Fault(
        f"{tries:,} publishes under 8 readers, who are the tries",
        "no error, no read of two versions, no connection behind",
    )
    folder = bench.folder / "readers"
    folder.mkdir()
    built = Built(make_build(folder / "warehouse.duckdb"), make_records(folder / "refresh.parquet"))
    keep = ("once",) * 3 + ("a while",) * 3 + ("all along",) * 2
    _, memory, files = used()
    told = publish_under_readers(folder / "home", built, folder / "builds", tries, keep)
    for reader in told:
        wrong = reader.torn + reader.behind + reader.changed
        fault.wrong_reads += wrong
        fault.count(holds=not wrong and not reader.errors and reader.reads > 0, what=str(reader))
    _, memory_then, files_then = used()
    fault.counted = {
        "reads": sum(reader.reads for reader in told),
        "MB of memory that the publisher's process gained": (memory_then - memory) // 1_000_000,
        "open files": files_then - files,
    }
    return [fault]


def at_once(bench: Bench, tries: int) -> list[Fault]:
    """Two refreshes, a forget, a rollback, a removal of a version and a fetch, begun within seconds of each other."""
    fault = Fault(
        "two refreshes, `forget`, `rollback`, `versions --remove`, `fetch` at once",
        "each ends in words; then `forget` and a refresh equal those alone, in all tables but those with people",
    )
    folder = bench.folder / "at once"
    folder.mkdir()
    tool = jira.FakeJira()
    with running(tool):
        portfolio = one_thread(staff.staffed(folder / "portfolio"))
        text = (portfolio / "portfolio.yml").read_text()
        (portfolio / "portfolio.yml").write_text(
            text + f"  - {{name: jira, type: jira, url: '{tool.url}', user: reports@acme.example}}\n"
        )
        os.environ["OUTCOMES_JIRA_TOKEN"] = "a-planted-token"
        clean = folder / "clean" / "tiny"
        for line in (("refresh",), ("refresh", "--full"), ("refresh", "--full")):
            said = bench.run(clean, *line, portfolio=portfolio)
            assert said.exit_code == 0, said.err
        staff.more_hours(portfolio)

        def finish(home: Path) -> int:
            codes = [bench.run(home, *line, portfolio=portfolio).exit_code for line in (("forget", *staff.NAMES), ("refresh", "--full"))]  # fmt: skip
            return max(codes)

        expected = Path(shutil.copytree(clean, folder / "expected" / "tiny", symlinks=True))
        assert finish(expected) == 0
        seen = {None, *(read_values(home) for home in (clean, expected))}
        for _ in bench.tries(tries):
            home = Path(shutil.copytree(clean, folder / "copy" / "tiny", symlinks=True))
            oldest = min(path.name for path in home.glob("serve/0*"))
            wrong = _together(home, portfolio, bench.random, oldest)
            fault.wrong_reads += read_values(home) not in seen
            started = time.monotonic()
            code = finish(home)
            fault.seconds.append(time.monotonic() - started)
            lost = sorted({*lost_tables(tables_of(home), tables_of(expected))} - NAME_PEOPLE)
            fault.lost += len(lost)
            fault.count(holds=not wrong and code == 0 and not lost, what=f"{wrong}, {code}, lost {lost}")
            shutil.rmtree(home.parent)
    return [fault]


def _together(home: Path, portfolio: Path, chance: random.Random, oldest: str) -> list[str]:
    """Run the commands at once; what those that didn't end in words wrote."""
    lines = [
        ("refresh",), ("refresh", "--full"), ("forget", *staff.NAMES), ("rollback",), ("versions", "--remove", oldest), ("fetch",),
    ]  # fmt: skip
    chance.shuffle(lines)
    env = clean_environment(ROOT, **environment(home.parent, portfolio), OUTCOMES_JIRA_TOKEN="a-planted-token")
    with tempfile.TemporaryFile("w+") as output:
        started: list[subprocess.Popen[bytes]] = []
        for line in lines:
            time.sleep(chance.uniform(0, 3))
            started.append(subprocess.Popen(command(*line), env=env, cwd=ROOT, stdout=output, stderr=output))
        codes = [process.wait() for process in started]
        output.seek(0)
        text = output.read()
    odd = [f"{line}: {code}" for line, code in zip(lines, codes, strict=True) if code not in (0, 1, 3)]
    return odd + ([text[-2000:]] if "Traceback" in text or odd else [])
