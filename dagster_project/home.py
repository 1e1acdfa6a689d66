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
from serving.words import minute
from sources.common import disk

LAST_REFRESH = "last_refresh.json"
BEGUN = "begun_refresh.json"  # the refresh that began and has not ended
OWNER = "portfolio.txt"  # the folder of the portfolio that was last landed or refreshed here
# what else a home holds, as docs/architecture.md describes it
FOLDERS = (
    "landing", "quarantine", "pulls", "secrets", "audit", "build", "check", "as-of", SERVE, "damaged", "tmp",
)  # fmt: skip
FILES = (
    ".lock", ".sent.lock", OWNER, BEGUN, LAST_REFRESH, "mirror.json", "sent.json", "key", "forgotten.json",
    "index.html", f"{SERVE}/.lock", f"{SERVE}/pins.json",
)  # fmt: skip


def last_refresh(home: Path) -> dict[str, Any] | None:
    """How the last refresh of a portfolio ended; None where none has, or its file can't be read."""
    try:
        found: object = json.loads((home / LAST_REFRESH).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"outcome", "ended_at", "message"} <= found.keys() else None  # pyright: ignore[reportUnknownVariableType]


NO_RESULT = "left no result: it was interrupted or killed, or the machine stopped."


@dataclass(frozen=True)
class Unended:
    """A refresh that left no result: it is running, or it was interrupted or killed."""

    refresh_id: str
    began: str
    is_running: bool

    @property
    def said(self) -> str:
        """A sentence of it."""
        return f"a refresh began {minute(self.began)}, and it {'is running.' if self.is_running else NO_RESULT}"


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
            return Unended(refresh, began, is_running=False)
    except Timeout:
        return Unended(refresh, began, is_running=True)


def hold_places(home: Path) -> None:
    """Raise PortfolioError where something else is in the place of a home, or of a folder or file of it."""
    folders = [*reversed(home.parents), home, *(home / name for name in FOLDERS)]
    for path in [*folders, *(home / name for name in FILES)]:
        # unlike Path.is_dir, these are silent of what this user may not look at
        is_right = os.path.isdir(path) if path in folders else os.path.isfile(path)  # noqa: PTH112, PTH113
        if os.path.lexists(path) and not is_right:
            raise PortfolioError(
                f"{path} must be a {'folder' if path in folders else 'file'}, and is {_kind(path)}. To fix: move it "
                "elsewhere, then run the command again."
            )


def _kind(path: Path) -> str:
    """What is at a path, of which it is no more to be told than that it shouldn't be there."""
    if path.is_symlink() and not path.exists():
        return "a link that leads nowhere"
    return "a folder" if path.is_dir() else "a file" if path.is_file() else "neither file nor folder"


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
    PortfolioError where the home is another portfolio's or not whole.
    """
    hold_places(space.home)
    hold_owner(space)
    space.home.mkdir(parents=True, exist_ok=True)
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
