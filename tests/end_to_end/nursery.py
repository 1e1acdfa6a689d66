"""Refreshes that are to be killed: each in a process group of its own, forked from a process that has everything loaded."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.end_to_end.harness import ROOT, clean_environment, environment

# Forks a refresh for each line that it reads; the refresh tells each step that it begins, and notes it in a file.
NURSERY = """
import os, sys
from pathlib import Path
from dagster_project import steps
from dagster_project.execution import execute
from dagster_project.settings import workspace

def telling(name, step):
    def told(run):
        (Path(os.environ["OUTCOMES_HOME"]) / "step").write_text(name)
        os.write(1, f"step {name}\\n".encode())
        return step(run)
    return name, told

steps.BUILD, steps.PUBLISH = ([telling(*step) for step in listed] for listed in (steps.BUILD, steps.PUBLISH))
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.setsid()
        run = execute("refresh", workspace(), full=line.strip() == "full", home=None, verbose=False)
        os._exit(0 if run.outcome in ("published", "unchanged") else 1)
    print(f"child {child}", flush=True)
    _, status = os.waitpid(child, 0)
    print(f"ended {status}", flush=True)
"""


class Nursery:
    """Starts refreshes without waiting for Python to load."""

    def __init__(self, homes: Path, portfolio: Path) -> None:
        self.home = homes / "tiny"
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY],
            env=clean_environment(ROOT, **environment(homes, portfolio)),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert next(self._told()) == "ready"

    def _told(self) -> Iterator[str]:
        """What the nursery tells, among whatever else its refreshes print."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith(("ready", "child ", "step ", "ended ")):
                yield line.strip()
        raise AssertionError(f"the nursery ended with {self.process.wait()}")

    def start(self, *, full: bool) -> int:
        """Start a refresh; its process id, which is its group's as well."""
        assert self.process.stdin
        self.process.stdin.write("full\n" if full else "\n")
        self.process.stdin.flush()
        return int(next(line for line in self._told() if line.startswith("child ")).split()[1])

    def wait(self) -> int:
        """Wait for the refresh to end; its status as `waitpid` gives it."""
        return int(next(line for line in self._told() if line.startswith("ended ")).split()[1])

    def run(self, *, full: bool = False) -> int:
        """Run a refresh to its end; its status."""
        self.start(full=full)
        return self.wait()

    def steps(self, *, full: bool) -> dict[str, float]:
        """Run a refresh to its end; the seconds that each of its steps took."""
        self.start(full=full)
        began: dict[str, float] = {}
        for line in self._told():
            kind, name = line.split()
            began[name if kind == "step" else ""] = time.monotonic()
            if kind == "ended":
                assert name == "0", "the refresh failed"
                break
        moments = list(began.values())
        return {name: after - at for (name, at), after in zip(began.items(), moments[1:], strict=False)}

    def kill_when(self, moment: Callable[[], bool]) -> bool:
        """Start a full refresh and kill it at a moment; whether it came before the refresh had ended."""
        child = self.start(full=True)
        while not moment():
            if not alive(child):
                break
            time.sleep(0.002)
        with_group(child, signal.SIGKILL)
        return os.WIFSIGNALED(self.wait())

    def kill_in(self, step: str, seconds: float, chance: random.Random, *, full: bool) -> bool:
        """Start a refresh and kill it at a random moment of a step that takes so long; whether it hadn't ended."""
        child = self.start(full=full)
        for line in self._told():
            if line == f"step {step}":
                time.sleep(chance.uniform(0, seconds))
                break
            if line.startswith("ended "):
                return False
        with_group(child, signal.SIGKILL)
        return os.WIFSIGNALED(self.wait())

    def stop_in(self, moments: Mapping[str, Sequence[float]], look: Callable[[str], None], *, full: bool) -> int:
        """Start a refresh, stop it for `look` at these seconds after each step's begin, let it end; its status.

        `look` is given the step in which it was stopped: a later one, where this one took less time.
        """
        child = self.start(full=full)
        for line in self._told():
            kind, name = line.split()
            if kind == "ended":
                return int(name)
            began = time.monotonic()
            for seconds in sorted(moments.get(name, ())):
                time.sleep(max(0.0, began + seconds - time.monotonic()))
                with_group(child, signal.SIGSTOP)
                look((self.home.parent / "step").read_text())
                with_group(child, signal.SIGCONT)
        raise AssertionError("the nursery ended")

    def close(self) -> None:
        """End it."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


def alive(process: int) -> bool:
    """Whether a process runs (a zombie doesn't)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def with_group(process: int, sent: int) -> None:
    """Send a signal to a process and all that it started."""
    try:
        os.killpg(process, sent)
    except ProcessLookupError:
        return
