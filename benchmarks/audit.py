"""Which share of a refresh its audit takes.

Run: .venv/bin/python benchmarks/audit.py [--runs N] [--scale S] [--portfolio DIR]

Makes up a company at the scale, unless a portfolio is given, and refreshes it in full, each time in a new process.
The audit's time is what the command itself says of its steps: from the last model built to the last check recorded.
Prints Markdown.
"""

import argparse
import os
import platform
import pty
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "dagster_project.cli"]
# the command's progress line when a step ends: seconds since its start, and the step
STEP = re.compile(r"\[\s*(\d+\.\d+) s\] (\w+) ")


def refresh(portfolio: Path, home: Path) -> list[tuple[str, float]]:
    """The steps of one refresh, each with the seconds at which it ended. Raises CalledProcessError where it fails."""
    terminal, end = pty.openpty()  # the command prints its steps only in a terminal
    environment = os.environ | {"OUTCOMES_HOME": str(home), "COLUMNS": "200"}
    arguments = [*COMMAND, "refresh", "--full", "--portfolio", str(portfolio)]
    with subprocess.Popen(arguments, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=end) as process:
        os.close(end)
        said = b""
        try:
            while chunk := os.read(terminal, 65536):
                said += chunk
        except OSError:  # on Linux the error of a closed other end
            pass
        os.close(terminal)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments, stderr=said)
    return [(step, float(seconds)) for seconds, step in STEP.findall(said.decode())]


def share_of_audit(steps: list[tuple[str, float]]) -> tuple[float, float, float]:
    """Seconds of the audit, of the refresh, and the first's share."""
    names = [name for name, _ in steps]
    at = names.index("audit")
    audit, all_of_it = steps[at][1] - steps[at - 1][1], steps[-1][1]
    return audit, all_of_it, audit / all_of_it


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Share of a full refresh that its audit takes.")
    parser.add_argument("--runs", type=int, default=3, help="number of refreshes (default 3)")
    parser.add_argument("--scale", type=float, default=1.0, help="scale of the generated company (default 1)")
    parser.add_argument("--portfolio", type=Path, help="measure this one instead")
    given = parser.parse_args()
    if given.runs < 1:
        parser.error("--runs must be at least 1")
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as folder:
        portfolio = given.portfolio
        if portfolio is None:
            portfolio = Path(folder) / "portfolio"
            arguments = [*COMMAND, "generate", str(portfolio), "--scale", str(given.scale), "--seed", "7"]
            subprocess.run(arguments, cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
        found: list[tuple[float, float, float]] = []
        for number in range(1, given.runs + 1):
            found.append(share_of_audit(refresh(portfolio.resolve(), Path(folder) / "homes")))
            print(f"run {number} of {given.runs}: {found[-1][0]:.1f} of {found[-1][1]:.1f} s", file=sys.stderr)
    print(f"## The audit in `outcomes refresh --full`, {given.runs} runs\n")
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}\n")
    print("| | min | median | max |\n|---|---:|---:|---:|")
    for label, values in zip(("audit, seconds", "refresh, seconds"), list(zip(*found, strict=True))[:2], strict=True):
        print(f"| {label} | {min(values):.1f} | {statistics.median(values):.1f} | {max(values):.1f} |")
    shares = [share for *_, share in found]
    print(f"| audit ÷ refresh | {min(shares):.0%} | {statistics.median(shares):.0%} | {max(shares):.0%} |")
    print("\nThe first run also lands the files, the others find them landed.")


if __name__ == "__main__":
    main()
