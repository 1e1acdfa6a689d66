"""Durable, atomic steps on a POSIX file system: what a killed process leaves is the old file or the new one."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def sync(path: Path) -> None:
    """Flush a file's bytes, or a folder's names, to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, scratch: Path, write: Callable[[Path], object]) -> None:
    """Replace a file by what `write` puts into a draft below `scratch`, on the same file system. Raises OSError."""
    scratch.mkdir(parents=True, exist_ok=True)
    draft = scratch / f"{secrets.token_hex(8)}.draft"
    try:
        write(draft)
        sync(draft)
        draft.replace(path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def draft_private(path: Path, text: str) -> Path:
    """A file beside `path` that its owner alone may read, with this text, on disk."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def write_private(path: Path, text: str) -> None:
    """Replace a file that its owner alone may read, in one step and on disk."""
    draft_private(path, text).replace(path)
    sync(path.parent)


def refuse_readable(path: Path) -> None:
    """Raises PermissionError where a file can be read by others."""
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path}: the {path.stem} can be read by others. What to do: chmod 600 {path}")
