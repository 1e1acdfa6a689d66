"""Durable, atomic file operations on POSIX: a killed process leaves either the old state or the new one."""

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

READ_ONLY = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


class Lack(NamedTuple):
    """What can't be written for want of room: what is so, and what to do."""

    what: str
    fix: str


NO_SPACE = Lack("no space left on the disk", "free some")
_LACKS = {
    os.strerror(errno.ENOSPC): NO_SPACE,
    os.strerror(errno.EDQUOT): Lack("the disk quota is used up", "free some space, or have the quota raised"),
}


def lack(said: str) -> Lack | None:
    """The lack of room that whatever a system, database or library says is about."""
    return next((lack for name, lack in _LACKS.items() if name in said), None)


_UMASK = os.umask(0o077)  # of the process as it was started; to be read, it must be set
os.umask(_UMASK)


@contextmanager
def private() -> Generator[None]:
    """Make all that is made meanwhile its owner's alone, whatever the umask, but for what is `share`d."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def share(path: Path) -> None:
    """Give a file or folder the mode that it has by the umask with which the process was started. Raises OSError."""
    path.chmod((0o777 if path.is_dir() else 0o666) & ~_UMASK)


def sync(path: Path) -> None:
    """Flush a file's bytes, or a folder's names, to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def size(folder: Path) -> int:
    """Bytes of the files below a folder; 0 where there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def entry(path: Path) -> dict[str, int | str]:
    """What shows that a file is whole: {"size_bytes": …, "sha256": hex}. Raises OSError."""
    return {"size_bytes": path.stat().st_size, "sha256": sha256(path)}


def replace(path: Path, write: Callable[[Path], object], scratch: Path | None = None) -> None:
    """Replace a file atomically by what `write` puts into a draft; it is on the disk when this returns.

    The draft is in `scratch`, a folder on the same file system, by default the file's own. Each call has its own
    draft, so two processes may write the same file. On OSError, or an error of `write`, the old file stays.
    """
    folder = scratch or path.parent
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{path.name}.{secrets.token_hex(4)}"
    try:
        write(draft)
        sync(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)


def write(path: Path, text: str, scratch: Path | None = None) -> None:
    """`replace` by a text (UTF-8)."""
    replace(path, lambda draft: draft.write_text(text, encoding="utf-8", newline="\n"), scratch)


def write_shared(path: Path, text: str) -> None:
    """`replace` by a text in a file for whoever the umask lets read it."""

    def write(draft: Path) -> None:
        draft.write_text(text, encoding="utf-8", newline="\n")
        share(draft)

    replace(path, write)


def write_private(path: Path, text: str) -> None:
    """`replace` by a text in a file that only its owner may read."""
    replace(path, lambda draft: _private(draft, text))


def create_private(path: Path, text: str) -> None:
    """Create a file that only its owner may read; an existing one, just made by another process, is left alone.

    Raises OSError.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _private(draft, text)
        sync(draft)
        os.link(draft, path)  # unlike a rename, never replaces a file
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def _private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def refuse_readable(path: Path) -> None:
    """Raises PermissionError if others can read a file."""
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path}: the {path.stem} can be read by others. To fix: chmod 600 {path}")


def settle(folder: Path) -> None:
    """Make the files below `folder` read-only (0444), share its folders, and flush all. Raises OSError."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(parent, name)
            path.chmod(READ_ONLY)
            sync(path)
        share(Path(parent))
        sync(Path(parent))


def point(link: Path, target: str) -> None:
    """Make the symlink `link` point to `target`, atomically. Raises OSError."""
    replace(link, lambda draft: draft.symlink_to(target, target_is_directory=True))
