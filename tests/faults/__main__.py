"""Make faults in a home of the portfolio tiny, recover from each by the plain command, and count what was lost.

`python -m tests.faults` prints the table; with `--write` it also writes docs/reliability.md. Random faults are those of
`--seed`. Two builds of the same loads are equal to the last digit, so a table that has other rows than the clean build's
counts as lost.
"""

import argparse
import json
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dagster_project.repairing import damaged_loads
from serving import versions
from serving.integrity import find_damage
from sources import loads
from tests.end_to_end.harness import ROOT, TINY, clean_environment, command, environment, outcomes
from tests.serving.builds import cut

PAGE = ROOT / "docs" / "reliability.md"
Tables = dict[str, dict[str, int | str]]


@dataclass
class Fault:
    """One kind of fault: how often it was tried and held, what was lost or read wrongly, how long recovery took."""

    name: str
    held_when: str
    tries: int = 0
    held: int = 0
    lost: int = 0
    wrong_reads: int = 0
    seconds: list[float] = field(default_factory=list[float])

    def row(self) -> str:
        """Its line of the table."""
        lost, wrong, took = "–", "–", "–"  # of what is only named, not recovered from
        if self.seconds:
            lost, wrong = f"{self.lost:,}", f"{self.wrong_reads:,}"
            took = f"{statistics.median(self.seconds):.1f}, {max(self.seconds):.1f}"
        return f"| {self.name} | {self.tries:,} | {self.held:,} | {lost} | {wrong} | {took} | {self.held_when} |"


def tables_of(home: Path) -> Tables:
    """Rows and checksum of each published table but those of the audit, which name their refresh."""
    served = versions.served(home)
    assert served is not None
    return {name: one for name, one in served.manifest["tables"].items() if not name.startswith("audit.")}


class Bench:
    """Tiny in a home with two whole versions, and copies of it to harm."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.random = folder, random.Random(seed)
        self.clean = folder / "clean" / "tiny"
        for arguments in (("refresh",), ("refresh", "--full")):
            assert self.run(self.clean, *arguments) == 0
        self.tables = tables_of(self.clean)

    @staticmethod
    def run(home: Path, *arguments: str) -> int:
        """Run `outcomes` on a home in this process."""
        return outcomes(*arguments, home=home.parent, portfolio=TINY).exit_code

    def copy(self) -> Path:
        """A copy of the clean home."""
        home = self.folder / "copy" / "tiny"
        shutil.rmtree(home.parent, ignore_errors=True)
        return Path(shutil.copytree(self.clean, home, symlinks=True, ignore=shutil.ignore_patterns("build", ".lock")))

    def reads_wrong(self, home: Path) -> bool:
        """Whether a reader of the served file sees other figures than audited ones; an error is not a wrong figure."""
        sql = "select count(*), bit_xor(hash(values_)) from metrics.fct_metric_values as values_"
        try:
            with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
                found = connection.execute(sql).fetchone()
        except duckdb.Error:
            return False
        with duckdb.connect(str(self.clean / "serve/current/warehouse.duckdb"), read_only=True) as connection:
            return found != connection.execute(sql).fetchone()

    def recover(self, fault: Fault, home: Path, *lines: tuple[str, ...]) -> None:
        """Run the commands that recover, and compare every table with the clean build's."""
        fault.tries += 1
        fault.wrong_reads += self.reads_wrong(home)
        started = time.monotonic()
        codes = [self.run(home, *line) for line in lines]
        fault.seconds.append(time.monotonic() - started)
        served = versions.served_if_whole(home)
        found = tables_of(home) if served is not None and not versions.verify(served) else {}
        lost = sum(found.get(name) != one for name, one in self.tables.items())
        fault.lost += lost
        fault.held += codes[-1] == 0 and not lost

    def flip(self, path: Path) -> Callable[[], None]:
        """Flip a random bit of a file; what puts it back."""
        mode, content = path.stat().st_mode, path.read_bytes()
        at = self.random.randrange(len(content))
        path.chmod(0o644)
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << self.random.randrange(8))]) + content[at + 1 :])

        def restore() -> None:
            path.write_bytes(content)
            path.chmod(mode)

        return restore


def flipped_in_landing(bench: Bench, tries: int) -> Fault:
    """Single bits of landed files."""
    fault = Fault("one flipped bit in landing", "the file is named before a build reads it")
    home = bench.copy()
    files = [path for folder in loads.folders(home) for path in folder.iterdir()]
    for _ in range(tries):
        path = bench.random.choice(files)
        restore = bench.flip(path)
        fault.tries += 1
        fault.held += [one.path for one in damaged_loads(home)] == [path]
        restore()
    return fault


def flipped_in_served(bench: Bench, tries: int) -> Fault:
    """Single bits of published files."""
    fault = Fault("one flipped bit in a served version", "`outcomes verify` names the file")
    home = bench.copy()
    folder = (home / "serve" / "current").resolve()
    files = sorted(folder.iterdir())
    for _ in range(tries):
        path = bench.random.choice(files)
        restore = bench.flip(path)
        fault.tries += 1
        named = {one.path.name.removesuffix(".sha256") for one in find_damage(folder)}
        fault.held += named == {path.name.removesuffix(".sha256")}
        restore()
    return fault


def damaged_served(bench: Bench) -> list[Fault]:
    """What a full disk, a restore or a person does to the served version; one refresh repairs it."""

    def as_a_folder(serve: Path) -> None:
        link = serve / "current"
        version = link.resolve()
        link.unlink()
        shutil.copytree(version, link)

    harms: dict[str, Callable[[Path], None]] = {
        "served file truncated": lambda serve: cut((serve / "current").resolve() / "warehouse.duckdb"),
        "served file missing": lambda serve: ((serve / "current").resolve() / "warehouse.duckdb").unlink(),
        "manifest truncated": lambda serve: cut((serve / "current").resolve() / "manifest.json", 100),
        "link `current` missing": lambda serve: (serve / "current").unlink(),
        "link `current` copied as a folder": as_a_folder,
        "served version removed": lambda serve: shutil.rmtree((serve / "current").resolve()),
        "folder that is no version": lambda serve: (serve / "lost+found").mkdir(),
    }
    found: list[Fault] = []
    for name, harm in harms.items():
        fault = Fault(name, "one `outcomes refresh` serves a whole version with the same figures")
        home = bench.copy()
        harm(home / "serve")
        bench.recover(fault, home, ("refresh",))
        found.append(fault)
    return found


def damaged_landing(bench: Bench, tries: int) -> Fault:
    """A landed file that its source still gives."""
    fault = Fault("landed file cut", "`outcomes verify --repair`, `outcomes refresh`: equal to a clean build")
    for _ in range(tries):
        home = bench.copy()
        folder = bench.random.choice(loads.folders(home))
        cut(bench.random.choice(sorted(folder.iterdir())), 20)
        bench.recover(fault, home, ("verify", "--repair"), ("refresh",))
    return fault


def killed(bench: Bench, tries: int) -> Fault:
    """SIGKILL at a random moment of a full refresh, with all its processes."""
    fault = Fault(
        "`kill -9` at a random moment of a full refresh",
        "one `outcomes refresh` serves the version before the kill, or the one just published: equal to a clean build",
    )
    line = command("refresh", "--full")
    home = bench.copy()
    env = clean_environment(ROOT, **environment(home.parent, TINY))
    started = time.monotonic()
    subprocess.run(line, env=env, cwd=ROOT, check=True, capture_output=True)
    whole = time.monotonic() - started
    for _ in range(tries):
        home = bench.copy()
        child = subprocess.Popen(
            line, env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(bench.random.uniform(0, whole))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        bench.recover(fault, home, ("refresh",))
    return fault


HEAD = """# Reliability, measured

Written by `python -m tests.faults --write`; don't edit it. Each fault is made in a home of the portfolio [tiny](../tests/fixtures/tiny/README.md) with
two whole versions, and recovered from by the commands named. *Lost* counts published tables whose rows or checksum differ from a clean build's
afterwards; *wrong reads* counts reads of the served file, before recovery, that returned other figures than an audited version's.

{where}

| fault | tries | held | lost | wrong reads | seconds to recover: median, greatest | held means |
|---|---|---|---|---|---|---|
"""
TAIL = """
Not measured here: a full disk (`tests/serving/test_disk_trouble.py`), readers during 1,000 publishes
(`tests/serving/test_readers_during_publishes.py`), kills at named moments with a reader beside them (`tests/end_to_end/test_killed.py`), a damaged
pull, concurrent commands, and long runs of refreshes.
"""


def main() -> None:
    """Run the faults."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--write", action="store_true", help="write docs/reliability.md")
    given.add_argument("--flips", type=int, default=300, help="flipped bits, of each kind")
    given.add_argument("--kills", type=int, default=20, help="killed refreshes")
    given.add_argument("--repairs", type=int, default=3, help="cut landed files")
    given.add_argument("--seed", type=int, default=16)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.seed)
        steps: list[Callable[[], list[Fault]]] = [
            lambda: [flipped_in_landing(bench, asked.flips)],
            lambda: [flipped_in_served(bench, asked.flips)],
            lambda: damaged_served(bench),
            lambda: [damaged_landing(bench, asked.repairs)],
            lambda: [killed(bench, asked.kills)],
        ]
        rows: list[str] = []
        for step in steps:
            for fault in step():
                rows.append(fault.row())
                print(fault.row(), flush=True)
    where = (
        f"On {len(os.sched_getaffinity(0))} cores shared with other work ({platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}, DuckDB {duckdb.__version__}), {datetime.now(UTC):%B %Y}, seed {asked.seed}."
    )
    if asked.write:
        PAGE.write_text(HEAD.format(where=where) + "\n".join(rows) + "\n" + TAIL)
    print(json.dumps({"written": asked.write}), file=sys.stderr)


if __name__ == "__main__":
    main()
