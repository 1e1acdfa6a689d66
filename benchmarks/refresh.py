"""How long a full refresh of the bundled portfolio takes, and how much memory it needs at most.

Run: .venv/bin/python benchmarks/refresh.py [--runs N] [--portfolio DIR]

Each run is a process of its own, `outcomes refresh --full`, into one temporary home: the first lands the files,
the others find them landed. Prints Markdown.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# ru_maxrss is in KiB, on macOS in bytes
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def measure(portfolio: Path, home: Path) -> float:
    """Wall seconds of one refresh. Raises subprocess.CalledProcessError, its output shown, where it fails."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "dagster_project.cli", "refresh", "--full", "--portfolio", str(portfolio)],
        cwd=PROJECT,
        env=os.environ | {"OUTCOMES_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Wall time and peak memory of `outcomes refresh --full`.")
    parser.add_argument("--runs", type=int, default=5, help="number of refreshes (default 5)")
    parser.add_argument("--portfolio", type=Path, default=PROJECT / "examples" / "decentraland")
    given = parser.parse_args()
    if given.runs < 1:
        parser.error("--runs must be at least 1")
    seconds: list[float] = []
    # the memory of children is known as a maximum over all of them so far, so it never falls from run to run
    peaks: list[float] = []
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as home:
        for number in range(1, given.runs + 1):
            seconds.append(measure(given.portfolio.resolve(), Path(home)))
            peaks.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * RSS_UNIT / 1e6)
            print(f"run {number} of {given.runs}: {seconds[-1]:.1f} s", file=sys.stderr)
    print(f"## `outcomes refresh --full`, {given.portfolio.resolve().name}, {given.runs} runs\n")
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}\n")
    print("| | min | median | max |\n|---|---:|---:|---:|")
    for label, values, digits in (("wall seconds", seconds, 1), ("peak memory of one process, MB", peaks, 0)):
        figures = (min(values), statistics.median(values), max(values))
        print(f"| {label} | {' | '.join(f'{figure:.{digits}f}' for figure in figures)} |")
    print(f"\nThe first run, which lands the files, took {seconds[0]:.1f} s.")


if __name__ == "__main__":
    main()
