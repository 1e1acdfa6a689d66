"""What a refresh takes as a portfolio grows: time by step, memory, and the rows of each table.

Run: .venv/bin/python benchmarks/size.py [--scales 1 3 10] [--engine spark] [--json FILE]; on Spark: .spark/bin/python

A company is generated at each scale and refreshed twice: with all to be landed, and `--full` with nothing new. Prints
CPU and wall seconds of each, seconds by step of the second, the greatest memory of all its processes together, and
slopes: how a figure grows as the landed rows grow, 1 meaning as fast as they do.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
from ratios import COMMAND, STEP, Measured, generated, machine, run

NAME = "acme"


class Memory(threading.Thread):
    """The greatest resident memory of this process's descendants together, in MB, until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.ended = 0.0, threading.Event()

    def run(self) -> None:
        """Look twice a second."""
        while not self.ended.wait(0.5):
            listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
            processes = [tuple(map(int, line.split())) for line in listed.splitlines()]
            ours = {threading.main_thread().native_id}
            while grown := {pid for pid, parent, _ in processes if parent in ours} - ours:
                ours |= grown
            ours.discard(threading.main_thread().native_id)
            self.most = max(self.most, sum(rss for pid, _, rss in processes if pid in ours) / 1024)


def watched(arguments: list[str], home: Path) -> tuple[Measured, str]:
    """Seconds and the greatest memory of a command, and what it wrote to its terminal."""
    memory = Memory()
    memory.start()
    try:
        found, said = run(arguments, home)
    finally:
        memory.ended.set()
        memory.join()
    return {**found, "memory": memory.most}, said


def steps(said: str) -> Measured:
    """Wall seconds by step; one that is named several times in one sum."""
    ended = [("start", 0.0), *((name, float(seconds)) for seconds, name in STEP.findall(said))]
    found: Measured = {}
    for (_, before), (name, after) in pairwise(ended):
        found[name] = found.get(name, 0.0) + after - before
    return found


def rows(home: Path) -> dict[str, int]:
    """The rows of each published table, and all that landed."""
    serve = home / NAME / "serve" / "current"
    with duckdb.connect(str(serve / "warehouse.duckdb"), read_only=True) as connection:
        listed = connection.execute("select schema_name || '.' || table_name, estimated_size from duckdb_tables()")
        found = dict(listed.fetchall())
    loads = json.loads((serve / "manifest.json").read_text())["loads"]
    return {**found, "landed": sum(load["landed_rows"] for load in loads)}


def once(scale: float, engine: str) -> dict[str, Any]:
    """Everything at one scale."""
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as folder:
        portfolio, home = generated(Path(folder) / "portfolio", scale), Path(folder) / "homes"
        with (portfolio / "portfolio.yml").open("a") as declared:
            declared.write(f"engine: {engine}\n")
        refresh = [*COMMAND, "refresh", "--portfolio", str(portfolio)]
        first, _ = watched(refresh, home)
        full, said = watched([*refresh, "--full"], home)
        return {"scale": scale, "first": first, "full": full, "steps": steps(said), "rows": rows(home)}


def slope(by: list[float], of: list[float]) -> float:
    """Least squares in logarithms: how much faster than 1:1 `of` grows with `by`."""
    pairs = [(math.log(x), math.log(y)) for x, y in zip(by, of, strict=True) if x > 0 and y > 0]
    mean_x, mean_y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    spread = sum((x - mean_x) ** 2 for x, _ in pairs)
    return sum((x - mean_x) * (y - mean_y) for x, y in pairs) / spread if spread else math.nan


def report(found: list[dict[str, Any]]) -> list[str]:
    """The lines of the tables."""
    landed = [float(one["rows"]["landed"]) for one in found]
    head = " | ".join(f"scale {one['scale']:g}" for one in found)
    lines = [f"| | {head} | slope |", f"|---|{'---:|' * (len(found) + 1)}"]
    figures = {"landed rows": landed}
    for name, part, key in (
        ("first refresh, CPU s", "first", "cpu"),
        ("first refresh, wall s", "first", "wall"),
        ("first refresh, MB", "first", "memory"),
        ("full refresh, CPU s", "full", "cpu"),
        ("full refresh, wall s", "full", "wall"),
        ("full refresh, MB", "full", "memory"),
    ):
        figures[name] = [one[part][key] for one in found]
    for step in found[0]["steps"]:
        figures[f"full refresh: {step}, wall s"] = [one["steps"].get(step, 0.0) for one in found]
    for name, values in figures.items():
        shown = " | ".join(f"{value:,.0f}" if value >= 100 else f"{value:.1f}" for value in values)
        lines.append(f"| {name} | {shown} | {slope(landed, values):.2f} |")
    tables = {
        name: slope(landed, [float(one["rows"][name]) for one in found])
        for name in found[0]["rows"]
        if name != "landed" and all(one["rows"].get(name) for one in found)
    }
    fastest = sorted(tables, key=lambda name: -tables[name])[:5]
    return [*lines, "", "Tables that grow fastest: " + ", ".join(f"{name} {tables[name]:.2f}" for name in fastest)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What a refresh takes as a portfolio grows.")
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 3, 10], help="scales of the generated company")
    parser.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb", help="what builds and measures")
    parser.add_argument("--json", type=Path, help="file for every figure, the machine and the versions")
    given = parser.parse_args()
    if len(given.scales) < 2:
        parser.error("a slope needs at least two scales")
    found: list[dict[str, Any]] = []
    for scale in given.scales:
        found.append(once(scale, given.engine))
        print(f"scale {scale:g} done", file=sys.stderr)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps({"machine": machine(), "engine": given.engine, "runs": found}, indent=2))
    print(f"{', '.join(f'{name} {value}' for name, value in machine().items())}\n")
    print("\n".join(report(found)))


if __name__ == "__main__":
    main()
