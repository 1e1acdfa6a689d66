"""How long other tools take to build the same models from the same inputs.

Run: .venv/bin/python benchmarks/peers.py [--runs N] [--scale S | --portfolio DIR] [--sqlmesh FOLDER] [--json FILE]

Each run builds every model of one landed and measured build again, in a copy of its own, one tool after the other:
the project's own runner, `dbt run` and, where a folder is given in which SQLMesh may be installed, `sqlmesh plan`.
Then the data tests: the project's own way, and `dbt test`. All read the same landed files and the same values of
metrics, and use two threads. dbt has parsed the project before (partial parsing is on), the runner has compiled it.
Each is a process of its own, whose start counts. Prints Markdown: wall and CPU seconds.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from fetch import cost_of
from ratios import COMMAND, PROJECT, generated, machine, run

THREADS = 2
DBT = [str(Path(sys.executable).with_name("dbt")), "--quiet"]
PLACES = ["--project-dir", str(PROJECT / "dbt"), "--profiles-dir", str(PROJECT / "dbt"), "--target-path"]
MODELS = f"""
import sys
from pathlib import Path
from dagster_project import model_runner
with model_runner.open_build(Path(sys.argv[1]) / "warehouse.duckdb", Path(sys.argv[1]) / "stage.duckdb") as connection:
    models = model_runner.models().values()
    model_runner.build(connection, models, {THREADS})
    model_runner.comment(connection, models)
"""
TESTS = """
import sys
from pathlib import Path
from dagster_project import audit
records = audit.run_dbt_tests(Path(sys.argv[1]) / "warehouse.duckdb", Path(sys.argv[1]) / "stage.duckdb")
assert records
"""
# the databases' names are those of a build, so that the compiled SQL is the same; SQLMesh keeps its state in a third
SQLMESH = """
gateways:
  build:
    connection:
      type: duckdb
      catalogs: {{state: '{build}/state.duckdb', warehouse: '{build}/warehouse.duckdb', stage: '{build}/stage.duckdb'}}
      concurrent_tasks: {threads}
default_gateway: build
model_defaults: {{dialect: duckdb, start: 2020-01-01}}
"""

Seconds = tuple[float, float]


def timed(arguments: list[str], build: Path, folder: Path = PROJECT) -> Seconds:
    """Wall and CPU seconds of a process. Raises RuntimeError where it fails."""
    spent = cost_of(arguments, folder, OUTCOMES_BUILD=str(build), PYTHONPATH=str(PROJECT))
    return spent.wall, spent.cpu


def write_sqlmesh(folder: Path, build: Path) -> None:
    """The project's compiled models as a SQLMesh project, each built in full, as the project does."""
    from dagster_project import model_runner

    (folder / "models").mkdir(parents=True)
    (folder / "config.yaml").write_text(SQLMESH.format(build=build, threads=THREADS))
    for model in model_runner.models().values():
        text = f"MODEL (name {model.relation}, kind FULL);\n\n{model.sql}\n"
        (folder / "models" / f"{model.name}.sql").write_text(text)


def once(built: Path, target: Path, sqlmesh: Path | None) -> dict[str, Seconds]:
    """Wall and CPU seconds of each tool; `target` is the folder where dbt has parsed the project."""
    found: dict[str, Seconds] = {}
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as name:
        copies = {tool: Path(name) / tool for tool in ("own", "dbt", "sqlmesh")}
        for copy in copies.values():
            shutil.copytree(built, copy)
        found["models, own runner"] = timed([sys.executable, "-c", MODELS, str(copies["own"])], copies["own"])
        found["models, dbt run"] = timed([*DBT, "run", *PLACES, str(target)], copies["dbt"])
        if sqlmesh is not None:
            project = Path(name) / "project"
            write_sqlmesh(project, copies["sqlmesh"])
            plan = [str(sqlmesh / "bin" / "sqlmesh"), "plan", "--auto-apply", "--no-prompts", "--skip-tests"]
            found["models, sqlmesh plan"] = timed(plan, copies["sqlmesh"], project)
        found["data tests, own way"] = timed([sys.executable, "-c", TESTS, str(copies["own"])], copies["own"])
        found["data tests, dbt test"] = timed(
            [*DBT, "test", "--select", "test_type:data", *PLACES, str(target)], copies["dbt"]
        )
    return found


def table(runs: list[dict[str, Seconds]]) -> list[str]:
    """The lines of the table."""
    lines = ["| | wall s, median | min | max | CPU s, median |", "|---|---:|---:|---:|---:|"]
    for name in runs[0]:
        walls, cpus = zip(*(one[name] for one in runs), strict=True)
        shown = f"{statistics.median(walls):.1f} | {min(walls):.1f} | {max(walls):.1f} | {statistics.median(cpus):.1f}"
        lines.append(f"| {name} | {shown} |")
    return lines


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long other tools take to build the same models.")
    parser.add_argument("--runs", type=int, default=5, help="number of runs (default 5)")
    parser.add_argument("--scale", type=float, help="generate a company at this scale")
    parser.add_argument("--portfolio", type=Path, default=PROJECT / "examples" / "decentraland")
    parser.add_argument(
        "--sqlmesh", type=Path, help="a virtual environment with SQLMesh, which is installed if missing"
    )
    parser.add_argument("--json", type=Path, help="file for every run, the machine and the versions")
    given = parser.parse_args()
    versions = {**machine(), "dbt-duckdb": version("dbt-duckdb")}
    if given.sqlmesh and not (given.sqlmesh / "bin" / "sqlmesh").exists():
        subprocess.run([sys.executable, "-m", "venv", str(given.sqlmesh)], check=True)
        install = [str(given.sqlmesh / "bin" / "pip"), "install", "--quiet", "sqlmesh", f"duckdb=={version('duckdb')}"]
        subprocess.run(install, check=True)
    if given.sqlmesh:
        said = subprocess.run(
            [given.sqlmesh / "bin" / "sqlmesh", "--version"], check=True, capture_output=True, text=True
        )
        versions["sqlmesh"] = said.stdout.strip()
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as folder:
        portfolio, home = given.portfolio.resolve(), Path(folder) / "homes"
        if given.scale:
            portfolio = generated(Path(folder) / "portfolio", given.scale)
        run([*COMMAND, "refresh", "--portfolio", str(portfolio)], home)
        [built] = home.glob("*/build")
        target = Path(folder) / "target"
        subprocess.run([*DBT, "parse", *PLACES, str(target)], cwd=PROJECT, check=True)
        runs = [once(built, target, given.sqlmesh.absolute() if given.sqlmesh else None) for _ in range(given.runs)]
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps({"machine": versions, "runs": runs}, indent=2))
    print(f"{', '.join(f'{name} {value}' for name, value in versions.items())}\n")
    print("\n".join(table(runs)))


if __name__ == "__main__":
    main()
