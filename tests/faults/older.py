"""A home that an older commit's code made, read and refreshed by today's."""

import os
import shutil
import subprocess

from tests.end_to_end.harness import ROOT, clean_environment, command, environment
from tests.faults.bench import Bench, Fault

# nothing was released yet, so these stand for releases: the last commit of an earlier day, its day
COMMITS = {"5dd07c2": "30 November, before landing was sealed", "09e4fe5": "29 November 2026"}


def older_home(bench: Bench, _: int) -> list[Fault]:
    """Refresh tiny with an older commit's code, then with today's; nothing where there is no history of commits."""
    fault = Fault("home of an older release", "one `outcomes refresh`: equal to a clean build")
    bench.give("first")
    for commit, day in COMMITS.items():
        code = bench.folder / "older" / commit
        code.mkdir(parents=True)
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=False, capture_output=True)
        if packed.returncode:
            continue
        subprocess.run(["tar", "xf", "-"], cwd=code, check=True, input=packed.stdout)
        homes = bench.folder / f"home-{commit}"
        (homes / "tiny").mkdir(parents=True)
        shutil.copy2(bench.homes["first"] / "key", homes / "tiny" / "key")
        env = clean_environment(code, **environment(homes, bench.portfolio), HOME=os.environ.get("HOME", "/"))
        made = subprocess.run(command("refresh"), env=env, cwd=code, check=False, capture_output=True, text=True)
        if made.returncode:
            fault.count(holds=False, what=f"{commit} itself: {made.stderr[-500:]}")
            continue
        bench.recover(fault, homes / "tiny", ("refresh",), what=commit)
        fault.name += f"; made by {commit}, {day}"
    return [fault] if fault.tries else []
