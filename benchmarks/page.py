"""How large the page of a large portfolio is, and how fast it is drawn, opened and used.

Run: .venv/bin/python benchmarks/page.py [--scale 1] [--home DIR] [--choices 40]

Generates Acme and refreshes it into a temporary home (or takes the portfolio's home DIR, already refreshed), then opens
the page in the system's Chromium. Prints Markdown. `--scale 7` has about 10,000 deliverables.
"""

import argparse
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
BUDGET = {"file, MB": 1.5, "drawn, s": 2.0, "first chart, s": 0.7, "a choice, ms": 60.0}
# From the choice to the frame that shows it: what is in sight is drawn in the same task.
CHOOSE = """([name, value]) => new Promise(done => {
  const select = document.querySelector(`select[name=${name}]`);
  select.value = value;
  const started = performance.now();
  select.dispatchEvent(new Event('change', { bubbles: true }));
  requestAnimationFrame(() => { const port = new MessageChannel();
    port.port1.onmessage = () => done(performance.now() - started); port.port2.postMessage(0) });
})"""


def outcomes(*arguments: str, home: Path, portfolio: Path) -> float:
    """Wall seconds of one command. Raises subprocess.CalledProcessError."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "dagster_project.cli", *arguments],
        cwd=PROJECT,
        env=os.environ | {"OUTCOMES_HOME": str(home), "OUTCOMES_PORTFOLIO": str(portfolio)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started


def drawing(version: Path) -> list[float]:
    """Seconds to draw the page of a version, three times in a process of its own."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom serving.page import draw_version\n"
        "for _ in range(3):\n    started = time.perf_counter()\n    draw_version(Path(sys.argv[1]))\n"
        "    print(time.perf_counter() - started, file=sys.stderr)"  # DuckDB's progress goes to stdout
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(version)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return [float(line) for line in done.stderr.split()]


def first_charts(browser: Browser, address: str, runs: int) -> list[float]:
    """Seconds from opening the file to the first chart, each in a window of its own."""
    found: list[float] = []
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.goto(address)
        found.append(page.evaluate("performance.getEntriesByName('first chart')[0].startTime") / 1000)
        context.close()
    return found


def choices(browser: Browser, address: str, count: int) -> list[float]:
    """Milliseconds of random choices of period and team, once everything was drawn."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_timeout(2000)
    chance = random.Random(1)
    periods = page.eval_on_selector_all("select[name=period] option", "all => all.map(one => one.value)")
    found: list[float] = []
    for number in range(count):
        if number % 2:
            found.append(page.evaluate(CHOOSE, ["by", chance.choice(["total", "team", "product"])]))
        else:
            found.append(page.evaluate(CHOOSE, ["period", chance.choice(periods)]))
        page.wait_for_timeout(300)
    context.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Size and speed of the page.")
    parser.add_argument("--scale", default="1", help="scale of the generated company (default 1: three years)")
    parser.add_argument("--home", type=Path, help="a portfolio's home that is refreshed already")
    parser.add_argument("--choices", type=int, default=40, help="random choices to time (default 40)")
    given = parser.parse_args()
    browser_path = next(
        path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))
    )
    with tempfile.TemporaryDirectory(prefix="outcomes-benchmark-") as folder, sync_playwright() as playwright:
        home = given.home
        if home is None:
            portfolio = Path(folder) / "portfolio"
            outcomes(
                "generate",
                str(portfolio),
                "--scale",
                given.scale,
                "--seed",
                "7",
                home=Path(folder),
                portfolio=portfolio,
            )
            outcomes("refresh", home=Path(folder) / "homes", portfolio=portfolio)
            home = Path(folder) / "homes" / "acme"
        file = home.resolve() / "serve" / "current" / "index.html"
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        measured = {
            "file, MB": [file.stat().st_size / 1e6],
            "drawn, s": drawing(file.parent.resolve()),
            "first chart, s": first_charts(browser, file.as_uri(), 7),
            "a choice, ms": choices(browser, file.as_uri(), given.choices),
        }
        browser.close()
    print(f"## The page, {home.name}\n")
    print(f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, load {os.getloadavg()[0]:.1f}\n")
    print("| | min | median | max | budget for the median |\n|---|---:|---:|---:|---:|")
    for label, values in measured.items():
        figures = " | ".join(f"{figure:.2f}" for figure in (min(values), statistics.median(values), max(values)))
        print(f"| {label} | {figures} | {BUDGET[label]:g} |")


if __name__ == "__main__":
    main()
