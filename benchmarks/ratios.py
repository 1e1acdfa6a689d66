"""How much a refresh costs beside the SQL that it runs, and what it costs when nothing is new.

Run: .venv/bin/python benchmarks/ratios.py [--runs N] [--scale S | --portfolio DIR] [--json FILE]

By default it measures the bundled portfolio; with a scale, a company generated at that scale. Each run measures, one
after the other: `outcomes refresh --full`, its SQL alone in one DuckDB process, `outcomes refresh` with nothing new,
and starting Python with DuckDB. The portfolio has landed before the first run. Wall and CPU seconds, the latter of all
processes. Prints Markdown; the JSON file holds every run, the machine and the versions.
"""

import argparse
import json
import os
import platform
import pty
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "dagster_project.cli"]
# the command's progress line when a step ends: seconds since its start, and the step
STEP = re.compile(r"\[\s*(\d+\.\d+) s\] (\w+) ")
RATIOS = {
    # name: numerator, denominator, what it should not exceed
    "full refresh ÷ its SQL alone": ("full", "bare", 1.8),
    "measuring ÷ one scan of each fact": ("bare_measure", "bare_scan", 3.0),
    "audit ÷ full refresh": ("audit", "full", 0.3),
}
REACH_NOTHING_NEW = 1.5  # seconds beyond the start of Python with DuckDB

Measured = dict[str, float]


def run(arguments: list[str], home: Path) -> tuple[Measured, str]:
    """Wall and CPU seconds of a command, and what it wrote to its terminal. Raises CalledProcessError."""
    terminal, end = pty.openpty()  # the command prints its steps only in a terminal
    environment = os.environ | {"OUTCOMES_HOME": str(home), "COLUMNS": "200"}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
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
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": seconds, "cpu": cpu}, said.decode()


def generated(portfolio: Path, scale: float, seed: int = 7) -> Path:
    """The fictional company at this scale, generated into a folder."""
    arguments = ["generate", str(portfolio), "--scale", f"{scale:g}", "--seed", str(seed)]
    subprocess.run([*COMMAND, *arguments], cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
    return portfolio


def audit_seconds(said: str) -> float:
    """Seconds of the audit: from the last model built to the last check recorded."""
    steps = [(step, float(seconds)) for seconds, step in STEP.findall(said)]
    at = [name for name, _ in steps].index("audit")
    return steps[at][1] - steps[at - 1][1]


def bare(build: Path) -> Measured:
    """Wall seconds of a build's SQL alone, in a copy that holds only what landed: models, measuring, audit, copy."""
    import duckdb

    from dagster_project import dbt_runner, measure, model_runner
    from expectations import landed
    from expectations.recomputations import comparison_sql
    from serving.copying import PUBLISHED_SCHEMAS

    models, compiled, tests = model_runner.models().values(), measure.compile_project(), dbt_runner.data_tests()
    sql, metrics, manifest = dbt_runner.compiled(), measure.metrics().values(), dbt_runner.manifest()
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as name:
        stage, warehouse = Path(name) / "stage.duckdb", Path(name) / "warehouse.duckdb"
        shutil.copy(build / "stage.duckdb", stage)
        with duckdb.connect(str(stage)) as connection:
            for schema in ("staging", "intermediate", "measures", "metricflow"):
                connection.execute(f"drop schema {schema} cascade")
        seconds: Measured = dict.fromkeys(("models", "measure", "audit", "copy"), 0.0)
        with model_runner.open_build(warehouse, stage) as connection:
            measure.define(connection, manifest, compiled, {})
            for schema in {model.schema for model in models}:
                connection.execute(f"create schema if not exists {schema}")
            for tag in (None, dbt_runner.AFTER_METRICS, dbt_runner.AFTER_OUTCOME_METRICS):
                started = time.perf_counter()
                for model in model_runner.of_pass(tag):
                    connection.execute(f"create table {model.relation} as {model.sql}")
                built = time.perf_counter()
                if tag != dbt_runner.AFTER_OUTCOME_METRICS:
                    measure.measure(connection, [e for e in compiled if e.is_second_round is (tag is not None)])
                seconds["models"] += built - started
                seconds["measure"] += time.perf_counter() - built
            started = time.perf_counter()
            for test in tests:
                connection.execute(f"select count(*) from (\n{sql[test]}\n)").fetchall()
            for metric in metrics:
                compared = comparison_sql(metric)
                landed.provide(connection, compared)
                connection.execute(f"create or replace temp table compared as {compared}")
            seconds["audit"] = time.perf_counter() - started
            started = time.perf_counter()
            for model in models:
                if model.schema.startswith('"warehouse"."core"'):
                    connection.execute(f"select sum(hash(t)) from {model.relation} as t").fetchall()
            scan = time.perf_counter() - started
        started = time.perf_counter()
        with duckdb.connect(str(Path(name) / "out.duckdb")) as connection:
            connection.execute(f"attach '{warehouse}' as built (read_only)")
            for schema in PUBLISHED_SCHEMAS:
                connection.execute(f"create schema if not exists {schema}")
            for model in models:
                if model.table.partition(".")[0] in PUBLISHED_SCHEMAS:
                    connection.execute(f"create table {model.table} as from built.{model.table}")
        seconds["copy"] = time.perf_counter() - started
    return {"bare": sum(seconds.values()), "bare_scan": scan, **{f"bare_{k}": value for k, value in seconds.items()}}


def once(portfolio: Path, home: Path, name: str) -> Measured:
    """One run of everything; seconds by name."""
    refresh = [*COMMAND, "refresh", "--portfolio", str(portfolio)]
    full, said = run([*refresh, "--full"], home)
    alone = subprocess.run(
        [sys.executable, __file__, "--bare", str(home / name / "build")],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        check=True,
        text=True,
    )
    unchanged, _ = run(refresh, home)
    start, _ = run([sys.executable, "-c", "import duckdb; duckdb.connect().execute('select 1')"], home)
    return {
        **{"full": full["wall"], "full_cpu": full["cpu"], "audit": audit_seconds(said)},
        **json.loads(alone.stdout),
        **{"nothing_new": unchanged["wall"], "nothing_new_cpu": unchanged["cpu"]},
        **{"start": start["wall"], "start_cpu": start["cpu"]},
    }


def table(runs: list[Measured]) -> list[str]:
    """The lines of the table of ratios: median, smallest and largest over the runs, and what they should reach."""
    lines = ["| | median | min | max | reach |", "|---|---:|---:|---:|---:|"]
    for label, (over, under, reach) in RATIOS.items():
        found = [one[over] / one[under] for one in runs]
        lines.append(f"| {label} | {statistics.median(found):.2f} | {min(found):.2f} | {max(found):.2f} | ≤ {reach} |")
    found = [one["nothing_new"] - one["start"] for one in runs]
    label = "nothing new, seconds beyond starting Python with DuckDB"
    shown = " | ".join(f"{value:.2f}" for value in (statistics.median(found), min(found), max(found)))
    return [*lines, f"| {label} | {shown} | ≤ {REACH_NOTHING_NEW} |"]


def seconds(runs: list[Measured]) -> list[str]:
    """The lines of the table of seconds."""
    lines = ["| seconds | median | min | max |", "|---|---:|---:|---:|"]
    for name in runs[0]:
        found = [one[name] for one in runs]
        lines.append(f"| {name} | {statistics.median(found):.2f} | {min(found):.2f} | {max(found):.2f} |")
    return lines


def machine() -> dict[str, object]:
    """The machine and the versions that a measurement is of."""
    return {
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{package: version(package) for package in ("duckdb", "dagster", "dbt-core", "great-expectations")},
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What a refresh costs beside the SQL that it runs.")
    parser.add_argument("--runs", type=int, default=5, help="number of runs (default 5)")
    parser.add_argument("--scale", type=float, help="generate a company at this scale")
    parser.add_argument("--portfolio", type=Path, default=PROJECT / "examples" / "decentraland")
    parser.add_argument("--json", type=Path, help="file for every run, the machine and the versions")
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        print(json.dumps(bare(given.bare)))
        return
    if given.runs < 1:
        parser.error("--runs must be at least 1")
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as folder:
        portfolio, home = given.portfolio.resolve(), Path(folder) / "homes"
        if given.scale:
            portfolio = generated(Path(folder) / "portfolio", given.scale)
        run([*COMMAND, "refresh", "--portfolio", str(portfolio)], home)
        [name] = [path.name for path in home.iterdir() if path.is_dir()]
        runs: list[Measured] = []
        for number in range(1, given.runs + 1):
            runs.append(once(portfolio, home, name))
            print(f"run {number} of {given.runs}: {runs[-1]['full']:.1f} s", file=sys.stderr)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps({"portfolio": name, "machine": machine(), "runs": runs}, indent=2))
    print(f"## {name}, {given.runs} runs\n\n{', '.join(f'{k} {v}' for k, v in machine().items())}\n")
    print("\n".join([*table(runs), "", *seconds(runs)]))


if __name__ == "__main__":
    main()
