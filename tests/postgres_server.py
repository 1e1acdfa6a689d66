"""A real PostgreSQL for the tests: made and started in a folder of its own, reached by loopback and its own socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port

OWNER, PASSWORD = "owner", "s3cret/word"
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Server:
    """A running server; `folder` holds its data and its socket."""

    programs: Path
    folder: Path
    port: int

    def url(self, database: str, user: str = OWNER) -> str:
        """The address of a database, by the network, without a password."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def psql(self, database: str, sql: str, user: str = OWNER, check: bool = True) -> str:
        """What `psql` prints for `sql`, unaligned and without headers; with `check` false also its errors."""
        line = ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-p", str(self.port)]
        said = subprocess.run(
            [*line, "-U", user, "-d", database, "-c", sql], capture_output=True, text=True, check=False, timeout=60
        )
        assert not check or said.returncode == 0, said.stderr
        return (said.stdout if check else said.stdout + said.stderr).strip()

    def control(self, *arguments: str) -> None:
        """Run `pg_ctl` on it."""
        as_server([str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-s", "-w", *arguments])

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.control("-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it, whoever is connected."""
        self.control("-m", "immediate", "stop")

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def as_server(line: list[str]) -> None:
    """Run a command as a user that PostgreSQL accepts: it refuses root."""
    options: dict[str, Any] = {} if os.geteuid() != 0 else {"user": _account(), "group": "nogroup", "extra_groups": []}
    # its output goes to a file: a server that lives on would hold a pipe open
    with tempfile.TemporaryFile() as output:
        ended = subprocess.run(line, check=False, stdout=output, stderr=output, cwd="/", timeout=120, **options)
        output.seek(0)
        assert ended.returncode == 0, output.read().decode()


@contextmanager
def running_server() -> Generator[Server]:
    """A server while it is needed. Where CI is set a missing one is a failure, elsewhere a skip."""
    programs = _programs()
    if programs is None or shutil.which("psql") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no PostgreSQL server found: install it (Debian: apt-get install postgresql)")
        pytest.skip("no PostgreSQL server found")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short, as a socket's path must be
    server = Server(programs, folder, free_port())
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        if os.geteuid() == 0:
            shutil.chown(folder, _account())
        made = ("-D", str(folder / "data"), "-U", OWNER, "-N", "-E", "UTF8", "--no-locale", f"--pwfile={secret}")
        as_server([str(programs / "initdb"), *made, "--auth-local=trust", "--auth-host=scram-sha-256"])
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """Where initdb and pg_ctl are: Debian keeps them off the PATH."""
    newest = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("initdb")
    return newest[-1].parent if newest else Path(found).resolve().parent if found else None


def _account() -> str:
    """A user who isn't root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
