"""Durable, atomic steps on a POSIX file system: what a killed process leaves is the old state or the new one."""

import fcntl
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


class LockedError(Exception):
    """Another process holds the lock."""


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the operating system's lock on file `path` (made if missing); a killed process lets go of it.

    Raises LockedError at once when another process or thread holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(str(path)) from error
        yield
    finally:
        os.close(handle)


def sync(path: Path) -> None:
    """Flush a file's bytes, or a folder's names, to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(folder: Path) -> None:
    """Make the files below `folder` read-only (0444) and flush them and the folders. Raises OSError."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(parent, name)
            path.chmod(READ_ONLY)
            sync(path)
        sync(Path(parent))


def point(link: Path, target: str) -> None:
    """Make the symlink `link` point at `target` in one step, whatever it pointed at before. Raises OSError."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target, target_is_directory=True)
    new.replace(link)
    sync(link.parent)


def write(path: Path, text: str) -> None:
    """Replace the file `path` by `text` (UTF-8) in one step. Raises OSError, and leaves the old file then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8", newline="\n")
        sync(new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    sync(path.parent)
