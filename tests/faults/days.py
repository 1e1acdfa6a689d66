"""A refresh a day with a change of the files, each a process of its own at that day's time, as people run it; what
grows, where `outcomes maintain` runs once a week."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sources.common import disk
from tests.end_to_end.harness import ROOT, TINY, clean_environment, command, copy_portfolio, environment, replace
from tests.faults.bench import NEWS, one_thread
from tests.faults.processes import at_another_time

WEEK, SHOWN = 7, 12  # lines of the page's table
KEPT = "keep_loads_days: 7\nkeep_audit_days: 7"
PARTS = ("landing", "audit", "serve", "build")
Point = dict[str, Any]


def measure(folder: Path, days: int) -> list[Point]:
    """A point for each day: seconds of CPU and bytes of memory of its refresh, and what the home holds afterwards."""
    portfolio = one_thread(copy_portfolio(TINY, folder / "portfolio"))
    settings, items = portfolio / "portfolio.yml", portfolio / "feeds" / "work_items.csv"
    replace(settings, "generated: true", f"generated: true\n{KEPT}")
    for fixed in ("as_of: 2025-06-30\n", "    observed_at: 2025-06-30T21:59:59Z\n"):
        replace(settings, fixed, "")  # each change is observed when it lands
    home, text, points = folder / "homes" / "tiny", items.read_text(), list[Point]()
    for day in range(days):
        env = clean_environment(ROOT, **environment(home.parent, portfolio)) | at_another_time(day)
        items.write_text(text + NEWS.replace("Wish list", f"Wish list {day}"))
        seconds, memory = _run(env, "refresh")
        if day % WEEK == WEEK - 1:
            _run(env, "maintain")
        assert not [*home.glob("serve/.candidate-*"), *home.glob("tmp/*"), *home.glob("build/*.wal")]
        points.append(
            {
                "day": day + 1,
                "refresh_seconds": seconds,
                "memory_bytes": memory,
                "loads": len([*home.glob("landing/*/*/load=*")]),
                "files": sum(1 for path in home.rglob("*") if path.is_file()),
                **{name: disk.size(home / name) for name in PARTS},
            }
        )
        print(points[-1], file=sys.stderr, flush=True)
    return points


def _run(env: dict[str, str], name: str) -> tuple[float, int]:
    """Run a command to its end: seconds of CPU of all its processes, and bytes of memory of the largest."""
    started = subprocess.Popen(command(name), env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    assert started.returncode == 0, name
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def section(points: list[Point]) -> str:
    """What grew, as a part of the page."""
    mega, last = 1e6, points[-1]
    shown = points[:: max(1, len(points) // SHOWN)]
    shown += [] if shown[-1] is last else [last]
    lines = [
        f"| {point['day']} | {point['refresh_seconds']:.1f} | {point['memory_bytes'] / mega:,.0f} | {point['loads']} | "
        f"{point['files']} | " + " | ".join(f"{point[name] / mega:,.1f}" for name in PARTS) + " |"
        for point in shown
    ]
    return (
        f"""
## Day by day

{len(points):,} refreshes with a change each, as people run them: `outcomes refresh` in a process of its own, a day later by its clock than the one before, and `outcomes maintain`
every seventh day, with `keep_loads_days: 7`, `keep_audit_days: 7` and one thread. Seconds are those of the processor, of all its processes, and vary with what else runs there; memory is that of the largest. No scratch file was left after any of them.

| day | seconds of a refresh | memory, MB | loads | files in the home | {" | ".join(f"`{name}/`, MB" for name in PARTS)} |
|---|---|---|---|---|{"---|" * len(PARTS)}
"""
        + "\n".join(lines)
        + "\n"
    )
