"""What a portfolio's home holds beside its loads and versions: whose it is, the lock of a writer, the last refresh."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from dagster_project.settings import BusyError, PortfolioError, Workspace, read_portfolio
from serving.versions import SERVE
from sources.common import disk

LAST_REFRESH = "last_refresh.json"
BEGUN = "begun_refresh.json"  # which refresh began last: LAST_REFRESH is of another one until it has ended
OWNER = "portfolio.txt"  # the folder of the portfolio that was last landed or refreshed here


def last_refresh(home: Path) -> dict[str, Any] | None:
    """How the last refresh of a portfolio ended; None where none has, or its file can't be read."""
    try:
        found: object = json.loads((home / LAST_REFRESH).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"outcome", "ended_at", "message"} <= found.keys() else None  # pyright: ignore[reportUnknownVariableType]


@dataclass(frozen=True)
class Unended:
    """A refresh that left no result: it is running, or it was interrupted or killed."""

    began: str
    is_running: bool


def unended(home: Path) -> Unended | None:
    """The last refresh that began, if it left no result."""
    try:
        begun = json.loads((home / BEGUN).read_text())
        refresh, began = str(begun["refresh_id"]), datetime.fromisoformat(begun["began_at"]).isoformat()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if (last_refresh(home) or {}).get("refresh_id") == refresh:
        return None
    try:
        with FileLock(home / ".lock", timeout=0, mode=0o600):
            return Unended(began, is_running=False)
    except Timeout:
        return Unended(began, is_running=True)


def hold_owner(space: Workspace) -> None:
    """Raise PortfolioError where a home is that of another portfolio with the same name, which is still there."""
    path, shares = space.home / OWNER, False
    try:
        owner = Path(os.fsdecode(path.read_bytes()))
    except OSError:  # nothing was written there yet, or this user may only read what is served
        return
    with suppress(
        PortfolioError, OSError, ValueError
    ):  # it was moved, removed or renamed: the home goes on with this one
        shares = not owner.samefile(space.folder) and read_portfolio(owner).name == space.portfolio.name
    if shares:
        raise PortfolioError(
            f"{space.home} is the warehouse of {owner}, and the portfolio in {space.folder} has the same name, "
            f"{space.portfolio.name}. To fix: change `name` in one portfolio.yml, or set OUTCOMES_HOME to another "
            f"folder. If it is the same portfolio in another place, remove {path}."
        )


@contextmanager
def locked(space: Workspace, *, notes_owner: bool = True) -> Generator[None]:
    """Hold the portfolio's lock, and note whose home it is; a command that holds it may take it again for its refresh.

    Meanwhile, all that is made in the home is its owner's alone, but for what is served. Raises BusyError, or
    PortfolioError where the home is another portfolio's.
    """
    hold_owner(space)
    lock = FileLock(space.home / ".lock", timeout=0, is_singleton=True, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"{space.home}: another refresh of {space.portfolio.name} is running. To fix: wait for it to end."
        ) from error
    try:
        folder = os.fsencode(space.folder)
        with disk.private():
            _close(space.home)
            path = space.home / OWNER
            if notes_owner and (not path.exists() or path.read_bytes() != folder):
                disk.replace(path, lambda draft: draft.write_bytes(folder))
            yield
    finally:
        lock.release()


def _close(home: Path) -> None:
    """Take from others what they need not read, which an earlier release left open: all but versions and pages."""
    for path in home.iterdir():
        is_shown = path.name == SERVE or path.suffix == ".html"
        if not is_shown and not path.is_symlink() and path.stat().st_mode & 0o077:
            path.chmod(0o700 if path.is_dir() else 0o600)
