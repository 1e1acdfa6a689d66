"""The seal of a load or a pull: its record holds each file's SHA-256, its last line the SHA-256 of all lines before it.

So a flipped bit in a file that was kept is found before a figure is made of it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sources.common import disk
from sources.errors import LandingError

RECORD = "load.json"
REMEDY = (
    "`outcomes verify --repair` moves the load away if its source still gives what it holds, and the next refresh "
    "lands it again; if not, put the file back from a backup."
)
_SEAL = b'\n  "seal": "'


@dataclass(frozen=True)
class Damage:
    """A damaged file of a load, and how that shows."""

    path: Path
    what: str

    @property
    def folder(self) -> Path:
        """The folder of its load."""
        return self.path.parent

    def error(self, home: Path) -> LandingError:
        """What a command that needs the file says."""
        return LandingError(self.what, self.path.relative_to(home).as_posix(), REMEDY)


def as_text(record: Mapping[str, Any]) -> str:
    """A record as the text of its file, sealed."""
    head = json.dumps(record, indent=2).removesuffix("\n}") + ","
    return f"{head}{_seal(head.encode())}"


def _seal(head: bytes) -> str:
    return f'{_SEAL.decode()}{hashlib.sha256(head).hexdigest()}"\n}}\n'


def parts_of(folder: Path) -> dict[str, dict[str, int | str]]:
    """Size and SHA-256 of each part in a load's folder, for its record."""
    return {path.name: disk.entry(path) for path in sorted(folder.glob("part-*.parquet"))}


def read(folder: Path, name: str = RECORD, since: str = "parts") -> dict[str, Any] | Damage:
    """The record of a load (or another file), or how it is damaged.

    One of an earlier release has no seal; all that have the key `since` have one.
    """
    path = folder / name
    try:
        content = path.read_bytes()
        record: dict[str, Any] = json.loads(content)
        is_sealed = record.pop("seal", None) is not None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        return Damage(path, f"it can't be read ({error}).")
    head, mark, _ = content.rpartition(_SEAL)
    whole = content == head + _seal(head).encode() if mark else not is_sealed and since not in record
    return record if whole else Damage(path, "its SHA-256 is not the one that it was sealed with: it was changed.")


def damaged_parts(folder: Path, record: Mapping[str, Any]) -> Iterator[Damage]:
    """The parts of a load that are missing or not as landed; none of a load of an earlier release, which lists none."""
    for name, sealed in record.get("parts", {}).items():
        path = folder / name
        try:
            if sealed is not None and disk.entry(path) != sealed:
                yield Damage(path, f"its SHA-256 is not the one in {RECORD}: it was changed.")
        except OSError as error:
            yield Damage(path, f"it can't be read ({error.strerror}).")


def in_folders(folders: Iterable[Path]) -> Iterator[Damage]:
    """All damage of loads."""
    for folder in folders:
        found = read(folder)
        if isinstance(found, Damage):
            yield found
        else:
            yield from damaged_parts(folder, found)
