"""What a refresh takes as a portfolio grows: time by step, memory, and the rows of each table.

Run: .venv/bin/python benchmarks/size.py [--scales 1 3 10] [--json FILE]
     .spark/bin/python benchmarks/size.py --engines duckdb spark [--scales …] [--settings name=value …]

A company is generated at each scale and refreshed: with all exports but the newest, on the first engine; with the
newest one, on each; then `--full` with nothing new, on each. Prints CPU and wall seconds of each, seconds by step of
the full ones, the greatest memory of all its processes together, and slopes: how a figure grows as the landed rows
grow, 1 meaning as fast as they do. Of two engines also straight lines through their seconds of building and measuring,
and where these cross. It fails where a figure or a row of a published table differs between the engines.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
from ratios import COMMAND, PROJECT, STEP, Measured, generated, machine, run

NAME = "acme"
BUILT = ("build", "measure")  # the steps that an engine runs
SAME = ": 0 figures restated,"  # what `outcomes diff` says


class Watch(threading.Thread):
    """What is known of this process's descendants while they run, until it is told to stop.

    The greatest resident memory of them together, in MB, and the CPU seconds of each Java process: Spark's is never
    waited for, so that no parent counts them. What Java forks shares its memory and is left out.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.java, self.ended = 0.0, dict[int, int](), threading.Event()

    def run(self) -> None:
        """Look twice a second."""
        line = ["ps", "-eo", "pid=,ppid=,rss=,cputimes=,comm="]
        while not self.ended.wait(0.5):
            listed = subprocess.run(line, capture_output=True, text=True, check=True).stdout
            processes = [
                (*map(int, row[:4]), row[4]) for row in (entry.split(None, 4) for entry in listed.splitlines())
            ]
            java = {pid for pid, *_, name in processes if name == "java"}
            ours = {threading.main_thread().native_id}
            while grown := {pid for pid, parent, *_ in processes if parent in ours - java} - ours:
                ours |= grown
            ours.discard(threading.main_thread().native_id)
            self.most = max(self.most, sum(rss for pid, _, rss, *_ in processes if pid in ours) / 1024)
            self.java |= {pid: seconds for pid, _, _, seconds, _ in processes if pid in ours & java}


def watched(arguments: list[str], home: Path) -> tuple[Measured, str]:
    """Seconds and the greatest memory of a command, and what it wrote to its terminal."""
    watch = Watch()
    watch.start()
    try:
        found, said = run(arguments, home)
    finally:
        watch.ended.set()
        watch.join()
    return {**found, "cpu": found["cpu"] + sum(watch.java.values()), "memory": watch.most}, said


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


def once(scale: float, seed: int, engines: list[str], settings: dict[str, str]) -> dict[str, Any]:
    """Everything at one scale; `settings` are Spark's."""
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as folder:
        portfolio, home = generated(Path(folder) / "portfolio", scale, seed), Path(folder) / "homes"
        refresh = [*COMMAND, "refresh", "--portfolio", str(portfolio)]
        declared = (portfolio / "portfolio.yml").read_text()
        newest = max((portfolio / "data").iterdir())
        held_back = newest.rename(Path(folder) / newest.name)

        def of(engine: str, *more: str, at: Path = home) -> tuple[Measured, str]:
            spark = f"engine: {engine}\nspark: {{settings: {json.dumps(settings)}}}\n"
            (portfolio / "portfolio.yml").write_text(declared + spark)
            return watched([*refresh, *more], at)

        found: dict[str, Any] = {"scale": scale, "increment": {}, "full": {}, "steps": {}}
        found["first"], _ = of(engines[0])
        homes = {engine: shutil.copytree(home, Path(folder) / engine, symlinks=True) for engine in engines[1:]}
        held_back.rename(newest)
        for engine in engines:
            found["increment"][engine], _ = of(engine, at=homes.get(engine, home))
        for engine in engines:
            found["full"][engine], said = of(engine, "--full")
            found["steps"][engine] = steps(said)
        if len(engines) > 1:
            refuse_differences(portfolio, home)
        return {**found, "rows": rows(home)}


def refuse_differences(portfolio: Path, home: Path) -> None:
    """Raise SystemExit where a figure or a row differs between the last two versions."""
    environment = os.environ | {"OUTCOMES_HOME": str(home)}
    diff = [*COMMAND, "diff", "--portfolio", str(portfolio)]
    said = subprocess.run(diff, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True).stdout
    rows = [sys.executable, "-m", "tests.dagster_project.spark", str(portfolio), "--published"]
    compared = subprocess.run(rows, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if SAME not in said or compared.returncode:
        raise SystemExit(f"the engines' figures differ:\n{said}\n{compared.stdout}{compared.stderr}")
    print(compared.stdout.strip(), file=sys.stderr)


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
    for unit, key in (("CPU s", "cpu"), ("wall s", "wall"), ("MB", "memory")):
        figures[f"first refresh, {unit}"] = [one["first"][key] for one in found]
    for engine in found[0]["full"]:
        for what, kind in (("with the newest export", "increment"), ("full refresh", "full")):
            for unit, key in (("CPU s", "cpu"), ("wall s", "wall"), ("MB", "memory")):
                figures[f"{what}, {engine}, {unit}"] = [one[kind][engine][key] for one in found]
        for step in found[0]["steps"][engine]:
            figures[f"full refresh, {engine}: {step}, wall s"] = [one["steps"][engine].get(step, 0.0) for one in found]
    for name, values in figures.items():
        shown = " | ".join(f"{value:,.0f}" if value >= 100 else f"{value:.1f}" for value in values)
        lines.append(f"| {name} | {shown} | {slope(landed, values):.2f} |")
    tables = {
        name: slope(landed, [float(one["rows"][name]) for one in found])
        for name in found[0]["rows"]
        if name != "landed" and all(one["rows"].get(name) for one in found)
    }
    fastest = sorted(tables, key=lambda name: -tables[name])[:5]
    lines += ["", "Tables that grow fastest: " + ", ".join(f"{name} {tables[name]:.2f}" for name in fastest)]
    return [*lines, *crossing(found, landed)]


def crossing(found: list[dict[str, Any]], landed: list[float]) -> list[str]:
    """Where two engines take the same wall time to build and measure, by a straight line through each one's figures."""
    lines = dict[str, tuple[float, float]]()
    for engine in found[0]["steps"]:
        rate, fixed = statistics.linear_regression(
            [rows / 1e6 for rows in landed],
            [sum(one["steps"][engine].get(step, 0.0) for step in BUILT) for one in found],
        )
        lines[engine] = fixed, rate
    said = [
        f"{engine} builds and measures in {fixed:.1f} s + {rate:.1f} s for each million landed rows"
        for engine, (fixed, rate) in lines.items()
    ]
    if len(lines) == 2:
        (fixed, rate), (other_fixed, other_rate) = lines.values()
        at = (other_fixed - fixed) / (rate - other_rate) if rate != other_rate else math.inf
        said += [f"level at {at:.1f} million landed rows" if at > 0 else "no size at which they are level"]
    return said


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What a refresh takes as a portfolio grows.")
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 3, 10], help="scales of the generated company")
    parser.add_argument("--seed", type=int, default=7, help="of the generated companies")
    parser.add_argument(
        "--engines", choices=["duckdb", "spark"], nargs="+", default=["duckdb"], help="what builds and measures"
    )
    parser.add_argument("--settings", nargs="+", default=[], help="settings of the Spark session, as name=value")
    parser.add_argument("--json", type=Path, help="file for every figure, the machine and the versions")
    given = parser.parse_args()
    if len(given.scales) < 2:
        parser.error("a slope needs at least two scales")
    settings = dict(setting.split("=", 1) for setting in given.settings)
    found: list[dict[str, Any]] = []
    for scale in given.scales:
        found.append(once(scale, given.seed, given.engines, settings))
        print(f"scale {scale:g} done", file=sys.stderr)
        if given.json:  # after each scale, as the next one may take hours
            given.json.parent.mkdir(parents=True, exist_ok=True)
            given.json.write_text(json.dumps({"machine": machine(), "settings": settings, "runs": found}, indent=2))
    print(f"{', '.join(f'{name} {value}' for name, value in machine().items())}\n")
    print("\n".join(report(found)))


if __name__ == "__main__":
    main()
