"""Lands a portfolio in processes of its own and kills or starves them: `python killed.py FOLDER HOW HOME...`.

DuckDB must not be open in a process that forks, so this is not the process of the tests.
"""

import os
import resource
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.sources.bench import Bench


def _land(bench: Bench, how: str) -> None:
    kind, _, amount = how.partition(":")
    if kind == "steps":  # kill -9 after so many calls and returns of Python code
        left = int(amount)

        def count(_frame: FrameType, _event: str, _arg: object) -> None:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
    elif kind == "rename":  # kill -9 just before a load or its quarantine becomes visible
        renames = iter(range(int(amount)))

        def stop(event: str, _arguments: tuple[object, ...]) -> None:
            if event == "os.rename" and next(renames, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(stop)
    elif kind == "millis":  # the kernel ends it after so long, wherever it is, as kill -9 would
        signal.setitimer(signal.ITIMER_REAL, int(amount) / 1000)
    elif kind == "bytes":  # no file can grow beyond this, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(amount), int(amount)))
    bench.land()


def main(folder: str, *jobs: str) -> None:
    """Each job is HOW=HOME; jobs called `together` run side by side."""
    running: list[int] = []
    for job in jobs:
        how, home = job.split("=", 1)
        child = os.fork()
        if not child:
            bench = Bench(Path(folder).parent)
            bench.home = Path(home)
            try:
                _land(bench, how)
            except Exception as error:  # the exit code tells the test
                print(f"{type(error).__name__}: {error}", flush=True)
                os._exit(3)
            os._exit(0)
        running.append(child)
        if how != "together":
            print(how, os.waitstatus_to_exitcode(os.waitpid(running.pop(), 0)[1]), flush=True)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in running]
    sys.exit(max(codes, default=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
