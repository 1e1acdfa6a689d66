"""Resource limits of a refresh: the memory and CPUs of its DuckDB connections."""

import os
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import duckdb
from pydantic import ByteSize, TypeAdapter

# of DuckDB's own default, 80 % of the memory of the machine or control group: the rest is for Python, here and in the
# auditor's process, and for the operating system
SHARE = 0.75
LEAST = 512_000_000  # bytes that a connection needs; the JSON reader alone takes 300 MB
_OUT_OF_MEMORY = re.compile(r".*Out of Memory Error: (?:.*? used\)|[^\n]*)", re.DOTALL)  # DuckDB's own advice follows


@dataclass(frozen=True)
class Limits:
    """`memory` in bytes, `threads` in CPUs."""

    memory: int
    threads: int

    def side_by_side(self, wanted: int) -> int:
        """How many of `wanted` connections, at least one, may run in parallel so that each has enough."""
        return max(1, min(wanted, self.memory // LEAST))

    def part(self, of: int) -> "Limits":
        """The limits of each of `connections` that run in parallel."""
        return Limits(self.memory // of, self.threads)

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """DuckDB's settings of a connection with these limits."""
        return {"memory_limit": f"{self.memory}B", "threads": self.threads}


@cache
def of_machine() -> Limits:
    """The default limits: three quarters of DuckDB's own memory limit, and the CPUs of this process."""
    with duckdb.connect() as connection:
        memory, cpus = connection.execute(
            "select current_setting('memory_limit'), current_setting('threads')"
        ).fetchone() or ("1GiB", 1)
    # DuckDB respects the CPUs of a control group, but not a process's affinity
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cpus
    return Limits(int(TypeAdapter(ByteSize).validate_python(memory) * SHARE), min(cpus, bound))


def explained(message: str) -> str:
    """An error's message; for an out-of-memory error, with what to do."""
    said = _OUT_OF_MEMORY.match(message)
    if said is None:
        return message
    is_disk_full = "max_temp_directory_size" in message
    what = "free disk space, where what doesn't fit into memory is spilled, or raise" if is_disk_full else "raise"
    return f"{said[0]}. To fix: {what} memory_limit in portfolio.yml (docs/portfolio.md); fewer threads need less."


@contextmanager
def timed(connection: duckdb.DuckDBPyConnection, seconds: float) -> Generator[threading.Event]:
    """Interrupt what a connection runs after a time; the event is set if that happened."""
    ran_out = threading.Event()

    def end() -> None:
        ran_out.set()
        connection.interrupt()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield ran_out
    finally:
        timer.cancel()
