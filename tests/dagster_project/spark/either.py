"""A portfolio that is refreshed on either engine, and processes of its refresh that are killed."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from dagster_project.spark.engine import WHOLE
from tests.end_to_end.conftest import Portfolio
from tests.end_to_end.harness import ROOT, Said, changed, clean_environment, command, environment

LONGEST = 600  # seconds until a refresh has begun to write


class OnEither(Portfolio):
    """A copy of tiny that is refreshed on either engine."""

    def on(self, spark: str) -> Any:
        """With `engine: spark` and these settings in its portfolio.yml."""
        return changed(self.folder, [("portfolio.yml", "name: tiny\n", f"name: tiny\nengine: spark\n{spark}")])

    def copied(self, homes: Path, without: str = "build") -> "OnEither":
        """The same portfolio with a copy of its home below another folder."""
        copy = OnEither(self.folder, homes)
        shutil.copytree(self.home, copy.home, symlinks=True, ignore=shutil.ignore_patterns(without))
        return copy

    @property
    def environment(self) -> dict[str, str]:
        """Of a command in a process of its own."""
        return clean_environment(**environment(self.homes, self.folder))


def stopped_while_building(portfolio: OnEither, which: Callable[[int], list[int]], **more: str) -> Said:
    """A refresh in a process of its own; `which` of the processes below it are killed while staging is written."""
    process = subprocess.Popen(
        command("refresh", "--full"),
        env=portfolio.environment | more,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end, written = monotonic() + LONGEST, portfolio.home / "build" / "spark" / "staging"
    while process.poll() is None and len(list(written.glob(f"*/{WHOLE}"))) < 3 and monotonic() < end:
        sleep(0.05)
    for pid in which(process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    out, err = process.communicate()
    return Said(process.returncode, out, err)
