"""Many changes of the files, one after the other in one process: what grows.

Each change is landed; a whole refresh, which takes some hundred times as long, follows only now and then. `outcomes
maintain` is tried at the end, as if all that is older had passed its days.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.end_to_end.harness import ROOT, TINY, clean_environment, copy_portfolio, environment, replace
from tests.faults.bench import NEWS, open_files, size

REFRESHES = 4
Point = dict[str, Any]


def measure(folder: Path, changes: int) -> list[Point]:
    """Points of the run, with seconds of CPU, bytes and open files."""
    portfolio = copy_portfolio(TINY, folder / "portfolio")
    replace(portfolio / "portfolio.yml", "generated: true", "generated: true\nkeep_loads_days: 30")
    env = clean_environment(ROOT, **environment(folder / "homes", portfolio))
    line = [sys.executable, "-m", "tests.faults.long_run", str(changes)]
    ended = subprocess.run(line, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ended.stdout.splitlines()[-1])


def run(changes: int) -> list[Point]:
    """The run itself, in the portfolio and home of the environment."""
    from dagster_project.execution import execute
    from dagster_project.landing import land_sources
    from dagster_project.maintaining import maintain
    from dagster_project.settings import workspace
    from sources.keys import pseudonym_key

    space = workspace()
    items = space.folder / "feeds" / "work_items.csv"
    text, points, landing, maintained = items.read_text(), list[Point](), 0.0, 0

    def refresh(number: int, since: int) -> None:
        started = time.process_time()
        ended = execute("refresh", space, full=False, home=None, verbose=False)
        assert ended.outcome == "published", ended.failures
        points.append(
            {
                "changes": number,
                "landing_seconds": landing / since if since else None,
                "refresh_seconds": time.process_time() - started,
                "memory_bytes": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
                "open_files": open_files(os.getpid()),
                **{name: size(space.home / name) for name in ("landing", "audit", "serve", "build")},
            }
        )
        print(points[-1], file=sys.stderr, flush=True)

    refresh(0, 0)
    key, every = pseudonym_key(space.home, space.key), max(1, changes // REFRESHES)
    for number in range(1, changes + 1):
        items.write_text(text + NEWS.replace("Wish list", f"Wish list {number}"))
        started = time.process_time()
        _, failures = land_sources(space, space.portfolio.sources, key, datetime.now(UTC))
        landing += time.process_time() - started
        assert not failures, failures
        if number % every == 0:
            items.write_text(text + NEWS.replace("Wish list", f"Wish list {number} refreshed"))
            refresh(number, every)
            landing = 0.0
    maintained = sum(done.removed for done in maintain(space, datetime.now(UTC) + timedelta(days=31)))
    items.write_text(text + NEWS)
    refresh(changes + 1, 0)
    points[-1]["removed"] = maintained
    return points


def section(points: list[Point]) -> str:
    """What grew, as a part of the page."""
    mega = 1e6
    lines = [
        f"| {point['changes']:,}{' and `outcomes maintain`' if 'removed' in point else ''} | "
        f"{'–' if point['landing_seconds'] is None else format(point['landing_seconds'], '.2f')} | "
        f"{point['refresh_seconds']:.1f} | {point['memory_bytes'] / mega:,.0f} | {point['open_files']} | "
        + " | ".join(f"{point[name] / mega:,.1f}" for name in ("landing", "audit", "serve", "build"))
        + " |"
        for point in points
    ]
    last = points[-1]
    return (
        f"""
## Many changes

{last["changes"] - 1:,} changes of one row of the tasks, one after the other, all in one process: each was landed, and {len(points)} whole
refreshes were made on the way (not one after each change). Seconds are those of the processor in that process. The last line is after `outcomes maintain` with
`keep_loads_days: 30`, as if a month had passed: it removed {last["removed"]:,} loads. Versions are kept as `keep_versions` says (5), and check records for 400 days: these
two columns grow until then.

| changes | seconds to land one | seconds of a refresh | memory, MB | open files | `landing/`, MB | `audit/`, MB | `serve/`, MB | `build/`, MB |
|---|---|---|---|---|---|---|---|---|
"""
        + "\n".join(lines)
        + "\n"
    )


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
