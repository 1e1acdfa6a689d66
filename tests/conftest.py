"""What every package's tests share; makes the repository's root importable, however pytest is started."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.end_to_end.harness import generate_acme  # noqa: E402
from tests.postgres_server import Server, running_server  # noqa: E402


@cache
def group_of(file: str) -> str:
    """The `xdist_group` that a test file names, else the file itself."""
    found = re.search(r'^pytestmark = .*xdist_group\("(\w+)"\)', (ROOT / file).read_text(), re.MULTILINE)
    return found[1] if found else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Files of one `xdist_group` go to one worker, and so do the tests of a file: each shared build is made once.

    pytest-xdist 3.8 writes the group into a node's id, which pytest 9.2 no longer lets it change.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid.partition("::")[0])

    return ByGroup(config, log)


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` fills once for all processes of a session, in whichever asks first. Nobody changes it."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = base / name, base / f"{name}.done"
    with FileLock(base / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a process that failed left behind
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def acme_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portfolio of Acme, a company whose truth is known."""
    return shared(tmp_path_factory, "acme", generate_acme)


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """The system's Chromium. Where CI is set a missing browser is a failure, elsewhere a skip."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium found: install it (Debian: apt-get install chromium)")
        pytest.skip("no Chromium found")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def postgres() -> Generator[Server]:
    """A PostgreSQL server, started for the tests of this process."""
    with running_server() as server:
        yield server


@pytest.fixture
def database(postgres: Server, request: pytest.FixtureRequest) -> str:
    """An empty database of the test's own."""
    name = f"d{abs(hash(request.node.nodeid))}"
    postgres.psql("postgres", f"create database {name}")
    return name


@pytest.fixture
def mounted(tmp_path: Path) -> Generator[Path]:
    """A file system of 96 MB of its own, where that is allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(line, check=False, capture_output=True).returncode:
        pytest.skip("file systems can't be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
