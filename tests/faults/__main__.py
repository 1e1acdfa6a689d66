"""Make faults in homes of the portfolio tiny, recover from each by the plain command, and count what was lost.

    python -m tests.faults                       every kind, as often as below
    python -m tests.faults killed=200 drift      some kinds, one of them so often
    python -m tests.faults --write killed=200    and write what was measured into docs/reliability.md

Other kinds keep what was measured of them before, and with `--add` the tries of this run are added to it. Random faults are those of `--seed`. Two builds of the same loads are
equal to the last digit, so a table that has other rows than the clean build's counts as lost.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from tests.end_to_end.harness import ROOT
from tests.faults import changes, damage, days, drift, long_run, processes
from tests.faults.bench import Bench, Fault

PAGE, MEASURED = ROOT / "docs" / "reliability.md", Path(__file__).with_name("measured.json")
Kind = Callable[[Bench, int], list[Fault]]
KINDS: dict[str, tuple[Kind, int]] = {  # with the usual number of tries
    "killed": (processes.killed, 30),
    "stopped_with_news": (processes.stopped_with_news, 200),
    "stopped_full": (processes.stopped_full, 200),
    "wal": (processes.wal_deleted, 5),
    "disk_full": (processes.disk_full, 30),
    "readers": (processes.readers, 1000),
    "at_once": (processes.at_once, 5),
    "clock": (processes.clock, 6),
    "landing": (damage.flipped_in_landing, 200),
    "pulls": (damage.flipped_in_pulls, 60),
    "build": (damage.flipped_in_build, 30),
    "served": (damage.flipped_in_served, 200),
    "damaged_served": (damage.damaged_served, 1),
    "damaged_landing": (damage.damaged_landing, 3),
    "damaged_records": (damage.damaged_records, 3),
    "drift": (drift.drifted, 1),
    "news": (changes.news, 100),
}
# what grows: measured in a home of its own, described in a section of the page, and how often usually
LONG = {"days": (days.measure, days.section, 28), "long_run": (long_run.measure, long_run.section, 2000)}

HEAD = """# Reliability, measured

Written by `python -m tests.faults --write`; don't edit it. Each fault is made in a home of the portfolio [tiny](../tests/fixtures/tiny/README.md) with
two whole versions, and recovered from by the commands named. *Lost* counts published tables whose rows or checksum differ from a clean build's
afterwards; *wrong reads* counts reads of the served file, before recovery, that returned other figures than an audited version's. *Tries* are those
that were made; where a fault needs a moment (a kill, a full disk), it is drawn at random. Seconds are wall time on a busy machine.

{where}

| fault | tries | held | lost | wrong reads | seconds to recover: median, greatest | held means |
|---|---|---|---|---|---|---|
"""
TAIL = """
More, with a reader beside each kill at named moments: `tests/end_to_end/test_killed.py`; `forget` killed at any step:
`tests/end_to_end/test_forget.py`; a disk that is full at each step of publishing: `tests/serving/test_disk_trouble.py`.
"""


def page(measured: dict[str, Any]) -> str:
    """docs/reliability.md."""
    rows: list[str] = []
    for kind in KINDS:
        found = measured["kinds"].get(kind, {})
        rows += found.get("rows", [])  # of an earlier run, of which no more is kept
        rows += [Fault(**fault).row() for fault in found.get("faults", [])]
    text = HEAD.format(where=measured["where"]) + "\n".join(rows) + "\n"
    for name, (_, section, _) in LONG.items():
        if given := measured.get(name):
            text += section(given)
    missing = [kind for kind in KINDS if kind not in measured["kinds"]]
    if missing:
        text += f"\nWritten, but not run to an end yet: {', '.join(f'`{kind}`' for kind in missing)}.\n"
    return text + TAIL


def main() -> None:
    """Run the faults."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("kinds", nargs="*", metavar="KIND[=TRIES]", help=f"{', '.join([*KINDS, *LONG])}; default: all")
    given.add_argument("--add", action="store_true", help="count the tries of earlier runs, too")
    given.add_argument("--write", action="store_true", help="write docs/reliability.md")
    given.add_argument("--minutes", type=float, default=1e6, help="end a kind's tries after so long")
    given.add_argument("--seed", type=int, default=16)
    asked = given.parse_args()
    kinds: list[str] = asked.kinds or [*KINDS, *LONG]
    chosen = {name: tries for name, _, tries in (one.partition("=") for one in kinds)}
    measured: dict[str, Any] = json.loads(MEASURED.read_text()) if MEASURED.exists() else {"kinds": {}}
    measured["where"] = (
        f"On {len(os.sched_getaffinity(0))} cores shared with other work ({platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}, DuckDB {duckdb.__version__}), {datetime.now(UTC):%B %Y}."
    )
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.seed, asked.minutes) if chosen.keys() & KINDS.keys() else None
        for name, tries in chosen.items():
            where = Path(folder) / name
            if name in LONG:
                measure, _, usual = LONG[name]
                measured[name] = measure(where, int(tries or usual))
                print(json.dumps(measured[name]), flush=True)
            else:
                make, usual = KINDS[name]
                assert bench is not None
                try:
                    found = make(bench, int(tries or usual))
                except Exception:  # the other kinds are tried all the same
                    traceback.print_exc()
                    broken += 1
                    continue
                kept = measured["kinds"].get(name, {}) if asked.add else {}
                earlier = {one["name"]: one for one in kept.get("faults", [])}
                for fault in found:
                    if fault.name in earlier:
                        fault.add(Fault(**earlier[fault.name]))
                    print(fault.row(), *fault.broken, sep="\n  ", flush=True)
                    broken += len(fault.broken)
                measured["kinds"][name] = kept | {"faults": [fault.as_dict() for fault in found]}
            if asked.write:
                MEASURED.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n")
                PAGE.write_text(page(json.loads(MEASURED.read_text())))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
