"""How long one mirroring of a portfolio's served version takes, and how much memory its process needs at most.

Run: OUTCOMES_MIRROR_PASSWORD=… .venv/bin/python benchmarks/mirror.py [--runs N] [--portfolio DIR]

The portfolio has been refreshed and declares a mirror. Each run is a process of its own, `outcomes mirror --full`.
Prints Markdown.
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# ru_maxrss is in KiB, on macOS in bytes
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def measure(portfolio: list[str]) -> tuple[float, str]:
    """Wall seconds of one mirroring, and what it said. Raises subprocess.CalledProcessError where it fails."""
    started = time.perf_counter()
    line = [sys.executable, "-m", "dagster_project.cli", "mirror", "--full", *portfolio]
    said = subprocess.run(line, cwd=PROJECT, env=os.environ, stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - started, said.stdout.strip()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Wall time and peak memory of `outcomes mirror --full`.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--portfolio", type=Path)
    given = parser.parse_args()
    runs = [measure(["--portfolio", str(given.portfolio)] if given.portfolio else []) for _ in range(given.runs)]
    seconds = sorted(wall for wall, _ in runs)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * RSS_UNIT / 1e6
    print(f"{runs[-1][1]} Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}.\n")
    print("| runs | min s | median s | max s | peak MB |\n|---|---|---|---|---|")
    print(f"| {len(runs)} | {seconds[0]:.1f} | {statistics.median(seconds):.1f} | {seconds[-1]:.1f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
