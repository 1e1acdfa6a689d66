"""Many changes of the files, one after the other in one process: what grows.

Each change is landed; a whole refresh, which takes a hundred times as long, follows only now and then. `outcomes
maintain` is tried at the end, as if all that is older had passed its days.
"""

import ctypes
import gc
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.end_to_end.harness import ROOT, TINY, clean_environment, copy_portfolio, environment, replace
from tests.faults.bench import NEWS, one_thread, used

REFRESHES, SHOWN = 10, 10  # whole refreshes on the way, and lines of the page's table
Point = dict[str, Any]


def measure(folder: Path, changes: int) -> list[Point]:
    """Points of the run, with seconds of CPU, bytes and open files."""
    portfolio = one_thread(copy_portfolio(TINY, folder / "portfolio"))
    settings = portfolio / "portfolio.yml"
    replace(settings, "generated: true", "generated: true\nkeep_loads_days: 30")
    for fixed in ("as_of: 2025-06-30\n", "    observed_at: 2025-06-30T21:59:59Z\n"):
        replace(settings, fixed, "")  # each change is observed when it lands, so that a history grows by a version
    env = clean_environment(ROOT, **environment(folder / "homes", portfolio))
    line = [sys.executable, "-m", "tests.faults.long_run", str(changes)]
    ended = subprocess.run(line, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ended.stdout.splitlines()[-1])


def trimmed() -> int:
    """Bytes of memory of this process once the C library has given back what it keeps for what is asked next."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return used()[1]


def run(changes: int) -> list[Point]:
    """The run itself, in the portfolio and home of the environment."""
    from dagster_project.auditor import auditor
    from dagster_project.execution import execute
    from dagster_project.landing import land_sources
    from dagster_project.maintaining import maintain
    from dagster_project.settings import workspace
    from sources.common import disk
    from sources.keys import pseudonym_key

    space = workspace()
    items = space.folder / "feeds" / "work_items.csv"
    text, every, points, landing = items.read_text(), max(1, changes // REFRESHES), list[Point](), 0.0

    def change(number: int) -> None:
        """Rename a deliverable once more."""
        items.write_text(text + NEWS.replace("Wish list", f"Wish list {number}"))

    def refresh(number: int, since: int) -> None:
        before = used()[0], auditor().submit(used).result()[0]
        ended = execute("refresh", space, full=False, home=None, verbose=False)
        assert ended.outcome == "published", ended.failures
        own, its = used(), auditor().submit(used).result()
        points.append(
            {
                "changes": number,
                "landing_seconds": landing / since if since else None,
                "refresh_seconds": own[0] + its[0] - sum(before),
                "memory_bytes": own[1] + its[1],
                "open_files": own[2] + its[2],
                **{name: disk.size(space.home / name) for name in ("landing", "audit", "serve", "build")},
            }
        )
        print(points[-1], file=sys.stderr, flush=True)

    change(0)
    refresh(0, 0)
    key = pseudonym_key(space.home, space.key)
    for number in range(1, changes + 1):
        change(number)
        started = time.process_time()
        _, failures = land_sources(space, space.portfolio.sources, key, datetime.now(UTC))
        landing += time.process_time() - started
        assert not failures, failures
        if number % every == 0:
            refresh(number, every)
            landing = 0.0
    points[-1]["trimmed_bytes"] = trimmed() + auditor().submit(trimmed).result()
    maintained = sum(done.removed for done in maintain(space, datetime.now(UTC) + timedelta(days=31)))
    change(changes + 1)
    refresh(changes + 1, 0)
    points[-1]["removed"] = maintained
    return points


def section(points: list[Point]) -> str:
    """What grew, as a part of the page."""
    mega = 1e6
    *usual, last = points
    shown = [*usual[:: max(1, len(usual) // SHOWN)], last]
    lines = [
        f"| {point['changes']:,}{' and `outcomes maintain`' if 'removed' in point else ''} | "
        f"{'–' if point['landing_seconds'] is None else format(point['landing_seconds'], '.2f')} | "
        f"{point['refresh_seconds']:.1f} | {point['memory_bytes'] / mega:,.0f} | {point['open_files']} | "
        + " | ".join(f"{point[name] / mega:,.1f}" for name in ("landing", "audit", "serve", "build"))
        + " |"
        for point in shown
    ]
    kept = ""
    if "trimmed_bytes" in usual[-1]:
        gained = usual[-1]["memory_bytes"] - usual[0]["memory_bytes"]
        given = usual[-1]["memory_bytes"] - usual[-1]["trimmed_bytes"]
        kept = (
            f"By the last change the processes had gained {gained / mega:,.0f} MB; {given / mega:,.0f} MB was memory "
            "that the C library keeps for what is\nasked next, and gave back when it was asked to (`malloc_trim`). "
        )
    return (
        f"""
## Many changes

{last["changes"] - 1:,} changes of one deliverable, each observed later than the one before, all in one process with one thread. Each was landed; a whole refresh
followed every {usual[1]["changes"]:,} changes, {len(points):,} in all, of which the table shows {len(shown)}. Seconds are those of the processor, with the auditor's process, and so are memory and
open files. Each version of the deliverable stays in the history that a refresh reads, a file per load, so a refresh takes longer until `outcomes maintain` removes
what was replaced. {kept}In practice a refresh, of the command or of Dagster, is a process of its own, so memory ends with it. The last line is after `outcomes maintain` with `keep_loads_days: 30`, as if a month had passed: it removed {last["removed"]:,} loads. Versions are kept
as `keep_versions` says (5), and check records for 400 days: `audit/` grows until then, and so does what a version shows of it, up to 100 refreshes.

| changes | seconds to land one | seconds of a refresh | memory, MB | open files | `landing/`, MB | `audit/`, MB | `serve/`, MB | `build/`, MB |
|---|---|---|---|---|---|---|---|---|
"""
        + "\n".join(lines)
        + "\n"
    )


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
