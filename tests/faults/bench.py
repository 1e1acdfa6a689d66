"""What the faults are made in: homes of the portfolio tiny in two states of its files, and how each kind is counted."""

import os
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from serving import versions
from tests.end_to_end.harness import TINY, Said, copy_portfolio, outcomes, replace

Tables = dict[str, dict[str, int | str]]
NEWS = (
    "D90,,feature,Wish list,Done,done,true,I1,T1,P1,bo,2025-05-01T08:00:00Z,2025-05-02T09:00:00Z,2025-05-05T08:00:00Z,"
    "2025-05-30,2025-05-28T09:00:00Z,,,done,3,\n"
)


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
    broken: list[str] = field(default_factory=list[str])  # what didn't hold
    counted: dict[str, int] = field(default_factory=dict[str, int])  # of the tries or in them, shown beside the name

    def row(self) -> str:
        """Its line of the table."""
        lost, wrong, took = "–", "–", "–"  # of what is only named, not recovered from
        if self.seconds:
            lost, wrong = f"{self.lost:,}", f"{self.wrong_reads:,}"
            took = f"{statistics.median(self.seconds):.1f}, {max(self.seconds):.1f}"
        listed = ", ".join(f"{what} {count:,}" for what, count in self.counted.items())
        name = f"{self.name} ({listed})" if listed else self.name
        return f"| {name} | {self.tries:,} | {self.held:,} | {lost} | {wrong} | {took} | {self.held_when} |"

    def count(self, *, holds: bool, what: str) -> None:
        """Count a try; `what` says what was tried, and is kept if it didn't hold."""
        self.tries += 1
        self.held += holds
        if not holds:
            self.broken.append(what)

    def add(self, more: "Fault") -> None:
        """Count the tries of another run, too."""
        for name in ("tries", "held", "lost", "wrong_reads", "seconds", "broken"):
            setattr(self, name, getattr(self, name) + getattr(more, name))
        self.counted = {
            what: self.counted.get(what, 0) + more.counted.get(what, 0) for what in {**self.counted, **more.counted}
        }

    def as_dict(self) -> dict[str, Any]:
        """For the file of what was measured."""
        return asdict(self)


def one_thread(portfolio: Path) -> Path:
    """The portfolio with `threads: 1`: so few rows take half of the processor time then, and the same steps."""
    replace(portfolio / "portfolio.yml", "generated: true", "generated: true\nthreads: 1")
    return portfolio


def tables_of(home: Path) -> Tables:
    """Rows and checksum of each published table but those of the audit, which name their refresh."""
    served = versions.served_if_whole(home)
    if served is None or versions.verify(served):
        return {}
    return {name: one for name, one in served.manifest["tables"].items() if not name.startswith("audit.")}


def read_values(home: Path) -> tuple[int, int] | None:
    """Rows and checksum of the metric values that a reader of the served file sees; None where it gets an error."""
    try:
        with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
            sql = "select count(*), bit_xor(hash(values_)) from metrics.fct_metric_values as values_"
            return connection.execute(sql).fetchone()  # pyright: ignore[reportReturnType]
    except duckdb.Error:
        return None


class Bench:
    """Tiny in a home with two whole versions, another home whose last version has news, and copies of them to harm."""

    def __init__(self, folder: Path, seed: int, minutes: float) -> None:
        self.folder, self.random, self.minutes = folder, random.Random(seed), minutes
        self.portfolio = one_thread(copy_portfolio(TINY, folder / "portfolio"))
        self.items = self.portfolio / "feeds" / "work_items.csv"
        self.texts = {"first": self.items.read_text(), "second": self.items.read_text() + NEWS}

    @cached_property
    def homes(self) -> dict[str, Path]:
        """Where the homes of both states are; the first has two versions."""
        found = {name: self.folder / name / "tiny" for name in self.texts}
        self.give("first")
        for arguments in (("refresh",), ("refresh", "--full")):
            assert self.run(found["first"], *arguments).exit_code == 0
        return found

    @cached_property
    def tables(self) -> dict[str, Tables]:
        """The tables of a clean build of each state."""
        homes = self.homes
        self.give("second")
        self.copy("first", homes["second"])
        assert self.run(homes["second"], "refresh").exit_code == 0
        self.give("first")
        return {name: tables_of(home) for name, home in homes.items()}

    @cached_property
    def values(self) -> set[tuple[int, int] | None]:
        """What a reader may see: the audited versions, or an error."""
        assert self.tables
        return {None, *(read_values(home) for home in self.homes.values())}

    def give(self, state: str) -> None:
        """Let the portfolio's files be in a state."""
        self.items.write_text(self.texts[state])

    def tries(self, wanted: int) -> Iterator[int]:
        """Count to a number of tries, or until the minutes for one kind are over."""
        ends = time.monotonic() + 60 * self.minutes
        for number in range(wanted):
            if time.monotonic() > ends:
                return
            yield number

    def run(self, home: Path, *arguments: str, portfolio: Path | None = None) -> Said:
        """Run `outcomes` on a home in this process."""
        return outcomes(*arguments, home=home.parent, portfolio=portfolio or self.portfolio)

    def copy(self, state: str = "first", home: Path | None = None) -> Path:
        """A copy of a clean home, with its build, with which a refresh goes on."""
        home = home or self.folder / "copy" / "tiny"
        shutil.rmtree(home, ignore_errors=True)
        left = shutil.ignore_patterns(".lock")
        return Path(shutil.copytree(self.homes[state], home, symlinks=True, ignore=left))

    def recover(self, fault: Fault, home: Path, *lines: tuple[str, ...], state: str = "first", what: str = "") -> None:
        """Run the commands that recover, and compare every table with the clean build's."""
        self.judge(fault, home, lambda: [self.run(home, *line).exit_code for line in lines][-1], state, what)

    def judge(self, fault: Fault, home: Path, recovering: Callable[[], int], state: str, what: str) -> None:
        """Let `recovering`, which returns 0 where it did, recover, and compare every table with the clean build's."""
        fault.wrong_reads += read_values(home) not in self.values
        started = time.monotonic()
        code = recovering()
        fault.seconds.append(time.monotonic() - started)
        lost = lost_tables(tables_of(home), self.tables[state])
        fault.lost += len(lost)
        fault.count(holds=code == 0 and not lost, what=f"{what}: ended with {code}, lost {lost}")

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


def lost_tables(found: Tables, expected: Tables) -> list[str]:
    """The tables whose rows or checksum are not those expected."""
    return [name for name, one in expected.items() if found.get(name) != one]


def in_words(said: Said, words: Iterable[str] = ("To fix",)) -> bool:
    """Whether a command that failed said why: each of the words, and no traceback."""
    text = " ".join((said.out + said.err).split())
    return "Traceback" not in text and all(word in text for word in words)


def used() -> tuple[float, int, int]:
    """What this process has taken: seconds of CPU, bytes of memory, open files."""
    own = Path("/proc/self")
    pages = int((own / "statm").read_text().split()[1])
    return time.process_time(), pages * os.sysconf("SC_PAGE_SIZE"), sum(1 for _ in (own / "fd").iterdir())
