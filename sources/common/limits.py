"""What of the machine a refresh may use, in one place: the memory and the CPUs of its DuckDB connections."""

import os
import re
from dataclasses import dataclass
from functools import cache

import duckdb
from pydantic import ByteSize, TypeAdapter

# of what DuckDB would take by itself, which is 80 % of the memory of the machine or of its control group: the rest is
# for Python, here and in the auditor's process, and for the operating system
SHARE = 0.75
LEAST = 512_000_000  # bytes with which a connection gets on; the reader of JSON alone takes 300 MB
_OUT_OF_MEMORY = re.compile(r".*Out of Memory Error: (?:.*? used\)|[^\n]*)", re.DOTALL)  # DuckDB's own advice follows


@dataclass(frozen=True)
class Limits:
    """`memory` in bytes, `threads` in CPUs."""

    memory: int
    threads: int

    def side_by_side(self, wanted: int) -> int:
        """How many connections of `wanted`, one at least, may work side by side, so that each has enough."""
        return max(1, min(wanted, self.memory // LEAST))

    def part(self, of: int) -> "Limits":
        """The limits of one of so many connections that work side by side."""
        return Limits(self.memory // of, self.threads)

    def config(self) -> dict[str, str | bool | int | float | list[str]]:
        """DuckDB's settings of a connection with these limits."""
        return {"memory_limit": f"{self.memory}B", "threads": self.threads}


@cache
def of_machine() -> Limits:
    """The limits where nobody sets any: three quarters of DuckDB's own memory limit, and the CPUs of this process."""
    with duckdb.connect() as connection:
        memory, cpus = connection.execute(
            "select current_setting('memory_limit'), current_setting('threads')"
        ).fetchone() or ("1GiB", 1)
    # DuckDB sees the CPUs of a control group, but not those that a process is bound to
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cpus
    return Limits(int(TypeAdapter(ByteSize).validate_python(memory) * SHARE), min(cpus, bound))


def explained(message: str) -> str:
    """An error's message; where it says that the memory didn't suffice, with what to do about that."""
    said = _OUT_OF_MEMORY.match(message)
    if said is None:
        return message
    is_disk_full = "max_temp_directory_size" in message
    what = "free disk space, where what doesn't fit into memory is spilled, or raise" if is_disk_full else "raise"
    return f"{said[0]}. What to do: {what} memory_limit in portfolio.yml (docs/portfolio.md); fewer threads need less."
