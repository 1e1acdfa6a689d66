"""What a run of Dagster costs that somebody launches from its page, beside the command.

Run: .venv/bin/python benchmarks/from_the_page.py [--runs N] [--portfolio DIR]

`dagster dev` is started with deploy/dagster.yaml, and asked by GraphQL, as its page does, to launch the job `refresh`
with `full`, alternating with `outcomes refresh --full`; each has a home of its own in which everything has landed
before. Wall seconds, from the click until the page says that the run has ended. Prints Markdown.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ratios import COMMAND, PROJECT

sys.path.insert(0, str(PROJECT))

from tests.deploy.pages import Dagster
from tests.ports import free_port

FULL = '{"resources": {"refresh": {"config": {"full": true}}}}'


@contextmanager
def dagster(env: dict[str, str], folder: Path) -> Generator[Dagster]:
    """Dagster's page and daemon, once they have loaded the project."""
    page = Dagster(free_port(), Path(env["OUTCOMES_HOME"]))
    line = [sys.executable, "-m", "dagster", "dev", "-m", "dagster_project.definitions", "--port", str(page.port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(line, env=env, cwd=folder, stdout=log, stderr=log)
        try:
            page.wait([process], folder / "log")
            yield page
        finally:
            process.terminate()
            process.wait(60)


def launch(page: Dagster) -> tuple[float, float]:
    """Seconds from the click to the end, and of the run itself."""
    started = time.monotonic()
    ended = page.launch("refresh", config=FULL, every=0.2)
    assert ended["status"] == "SUCCESS"
    return time.monotonic() - started, ended["endTime"] - ended["startTime"]


def main() -> None:
    """Measure, and print."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--runs", type=int, default=5)
    given.add_argument("--portfolio", type=Path, default=PROJECT / "tests" / "fixtures" / "tiny")
    asked = given.parse_args()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("OUTCOMES_", "DAGSTER_"))}
    env |= {"OUTCOMES_PORTFOLIO": str(asked.portfolio.resolve()), "PYTHONPATH": str(PROJECT)}
    by_command, by_page, of_runs = list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        homes = {name: Path(folder, name) for name in ("command", "page", "history")}
        for path in homes.values():
            path.mkdir()
        shutil.copy(PROJECT / "deploy" / "dagster.yaml", homes["history"])
        command, page = (env | {"OUTCOMES_HOME": str(homes[name])} for name in ("command", "page"))
        line = [*COMMAND, "refresh", "--full"]
        for home in (command, page):
            subprocess.run(line, env=home, check=True, stdout=subprocess.DEVNULL)
        with dagster(page | {"DAGSTER_HOME": str(homes["history"])}, Path(folder)) as opened:
            for _ in range(asked.runs):
                started = time.monotonic()
                subprocess.run(line, env=command, check=True, stdout=subprocess.DEVNULL)
                by_command.append(time.monotonic() - started)
                took, of_run = launch(opened)
                by_page.append(took)
                of_runs.append(of_run)
                print(f"{by_command[-1]:.1f} {took:.1f} {of_run:.1f}", file=sys.stderr, flush=True)
    print(f"{asked.runs} runs each, alternating, {os.cpu_count()} cores, {platform.machine()}\n")
    print("| | median, s | least, s | most, s |\n|---|---|---|---|")
    for name, took in (
        ("`outcomes refresh --full`", by_command),
        ("from the page, click to end", by_page),
        ("of which the run itself", of_runs),
    ):
        print(f"| {name} | {statistics.median(took):.1f} | {min(took):.1f} | {max(took):.1f} |")
    print(f"\nFrom the page it takes {statistics.median(by_page) / statistics.median(by_command):.2f} times as long.")


if __name__ == "__main__":
    main()
