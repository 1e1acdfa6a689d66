"""What a portfolio's home holds beside its loads and versions: the lock of whoever writes to it, the last result."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dagster_project.settings import BusyError, Workspace

LAST_REFRESH = "last_refresh.json"


def last_refresh(home: Path) -> dict[str, Any] | None:
    """How the last refresh of a portfolio ended; None where none has."""
    path = home / LAST_REFRESH
    return json.loads(path.read_text()) if path.exists() else None


@contextmanager
def locked(space: Workspace) -> Generator[None]:
    """Hold the portfolio's lock; a command that holds it may take it again for its own refresh.

    Raises BusyError.
    """
    lock = FileLock(space.home / ".lock", timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"{space.home}: another refresh of {space.portfolio.name} is running. To fix: wait for it to end."
        ) from error
    try:
        yield
    finally:
        lock.release()
