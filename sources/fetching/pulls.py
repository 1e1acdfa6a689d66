"""Pulls on disk: one folder each, with a file per stream, filled page by page and then sealed.

    <home>/pulls/<source>/open/      the pull that is being filled: journal.json and the files
    <home>/pulls/<source>/<ulid>/    a sealed pull, read-only: pull.json and the files

A page is one gzip member; the journal says how many bytes of each file are whole, and where to go on. A killed pull is
continued from its journal, and its files have the same bytes as those of an undisturbed one.
"""

import gzip
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from ulid import ULID

from sources import seals
from sources.common import disk
from sources.config import Kind
from sources.errors import LandingError
from sources.fetching.source import Page, Window

PULLS, OPEN, JOURNAL, SEAL = "pulls", "open", "journal.json", "pull.json"
RESUMABLE = timedelta(days=6)  # a tool's page tokens live for about a week
SUFFIX = ".jsonl.gz"
SINCE = "is_sealed"  # in each pull.json that has a seal of its own; those of earlier releases have none


@dataclass(frozen=True)
class Sealed:
    """A complete pull and what its seal says."""

    folder: Path
    seal: dict[str, Any]

    @property
    def started_at(self) -> datetime:
        """When it began (aware): its loads were observed then."""
        return datetime.fromisoformat(self.seal["started_at"])

    @property
    def seen_at(self) -> datetime:
        """When it was last known to be what the source shows (aware)."""
        return datetime.fromisoformat(self.seal.get("seen_at", self.seal["started_at"]))

    @property
    def kind(self) -> Kind:
        """Whether it holds everything or only what changed."""
        return self.seal["kind"]

    @property
    def rows(self) -> dict[str, int]:
        """Records by stream."""
        return {name: stream["rows"] for name, stream in self.seal["streams"].items()}


def folder_of(home: Path, source: str) -> Path:
    """The folder of a source's pulls."""
    return home / PULLS / source


def sealed(home: Path, source: str) -> list[Sealed]:
    """The sealed pulls of a source, oldest first. Raises LandingError where a seal is damaged."""
    found = [
        Sealed(path.parent, _sealed(path.parent))
        for path in folder_of(home, source).glob(f"*/{SEAL}")
        if path.parent.name != OPEN
    ]
    return sorted(found, key=lambda pull: (pull.started_at, pull.folder.name))


def _sealed(folder: Path) -> dict[str, Any]:
    record = seals.read(folder, SEAL, since=SINCE)
    if isinstance(record, seals.Damage):
        raise damaged(record.path, record.what)
    return record


def damaged(path: Path, what: str) -> LandingError:
    """The error for a damaged file of a pull."""
    return LandingError(
        what,
        str(path),
        f"remove the folder {path.parents[1]}, then fetch everything again: "
        f"outcomes fetch {path.parents[1].name} --full. Then check the disk.",
    )


def expire(home: Path, source: str) -> list[Path]:
    """Remove what has landed and is older than the last snapshot but one; the folders removed."""
    found = sealed(home, source)
    snapshots = [at for at, pull in enumerate(found) if pull.kind == "snapshot"]
    old = [pull.folder for pull in found[: snapshots[-2]]] if len(snapshots) > 1 else []
    for folder in old:
        remove(folder)
    return old


def see(pull: Sealed, now: datetime) -> Sealed:
    """Note in its seal that a source still shows what a pull holds."""
    seal = pull.seal | {"seen_at": now.isoformat()}
    disk.write(pull.folder / SEAL, seals.as_text(seal))
    (pull.folder / SEAL).chmod(0o400)
    return Sealed(pull.folder, seal)


def remove(folder: Path) -> None:
    """Remove a pull; if killed on the way, what is left is no pull."""
    folder.chmod(0o700)
    (folder / SEAL).unlink(missing_ok=True)
    shutil.rmtree(folder)


def remove_all(home: Path) -> int:
    """Remove every pull of every source, open ones too, so that the next one fetches everything; how many."""
    found = [path for path in (home / PULLS).glob("*/*") if path.is_dir()]
    for folder in found:
        remove(folder)
    return len(found)


class Pull:
    """A pull that is being filled. `add` makes a page durable together with the place to go on from."""

    def __init__(self, home: Path, source: str, state: dict[str, Any]) -> None:
        self.parent, self.source, self.state = folder_of(home, source), source, state
        self.folder = self.parent / OPEN

    @classmethod
    def begin(cls, home: Path, source: str, window: Window, streams: Iterable[str], **facts: Any) -> "Pull":
        """Begin a pull; an open one is thrown away."""
        parent = folder_of(home, source)
        shutil.rmtree(parent / OPEN, ignore_errors=True)
        (parent / OPEN).mkdir(parents=True, mode=0o700)
        parent.chmod(0o700)
        names = list(streams)
        pull = cls(home, source, {
            "source": source, **facts,
            "kind": window.kind, "started_at": window.started_at.isoformat(),
            "since": window.since.isoformat() if window.since else None,
            "bytes": {}, "rows": dict.fromkeys(names, 0), "done": [], "stream": None, "at": None,
            "calls": 0, "retries": 0, "waited": 0.0,
        })  # fmt: skip
        pull.add(None, Page({name: [] for name in names}))
        return pull

    @classmethod
    def left(cls, home: Path, source: str, fingerprint: str, now: datetime) -> "Pull | None":
        """The pull that was left open, if it can be continued: its files cut to what the journal knows."""
        folder = folder_of(home, source) / OPEN
        try:
            state = json.loads((folder / JOURNAL).read_text())
        except FileNotFoundError:
            return None
        started_at = datetime.fromisoformat(state["started_at"])
        if state["fingerprint"] != fingerprint or not started_at <= now <= started_at + RESUMABLE:
            return None
        for path in folder.glob(f"*{SUFFIX}"):
            os.truncate(path, state["bytes"].get(path.name, 0))
        return cls(home, source, state)

    @property
    def window(self) -> Window:
        """What it asks for."""
        since = self.state["since"]
        started_at = datetime.fromisoformat(self.state["started_at"])
        return Window(self.state["kind"], started_at, datetime.fromisoformat(since) if since else None)

    def add(self, stream: str | None, page: Page) -> None:
        """Append a page's records; when this returns, a kill loses none of them."""
        for name, records in page.records.items():
            path = self.folder / f"{name}{SUFFIX}"
            if not records and path.name in self.state["bytes"]:
                continue
            lines = b"".join(msgspec.json.format(bytes(record), indent=-1) + b"\n" for record in records)
            with path.open("ab") as file:
                file.write(gzip.compress(lines, 6, mtime=0))
                file.flush()
                os.fsync(file.fileno())
                self.state["bytes"][path.name] = file.tell()
            self.state["rows"][name] += len(records)
        self.state["stream"], self.state["at"] = stream, page.at
        self._keep()

    def finish(self, stream: str, **facts: Any) -> None:
        """Note that a stream is complete."""
        self.state |= {"done": [*self.state["done"], stream], "stream": None, "at": None, **facts}
        self._keep()

    def note(self, **facts: Any) -> None:
        """Note what is complete by then."""
        self.state |= facts
        self._keep()

    def _keep(self) -> None:
        disk.write(self.folder / JOURNAL, json.dumps(self.state))

    def seal(self, ended_at: datetime, **facts: Any) -> Sealed:
        """Make it a sealed pull: read-only, and visible by one rename. `facts` are noted in its seal, too."""
        state = self.state
        names = ("source", "fingerprint", "scope", "kind", "started_at", "since", "calls", "retries", "waited")
        record = (
            {name: state[name] for name in names}
            | {
                "ended_at": ended_at.astimezone(UTC).isoformat(),
                "streams": {
                    name: {"rows": rows, "sha256": disk.sha256(self.folder / f"{name}{SUFFIX}")}
                    for name, rows in state["rows"].items()
                },
            }
            | facts
            | {SINCE: True}
        )
        disk.write(self.folder / SEAL, seals.as_text(record))
        (self.folder / JOURNAL).unlink()
        return self.show()

    def show(self) -> Sealed:
        """Make a pull with a seal visible."""
        for path in self.folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o400)
        disk.sync(self.folder)
        started_at = datetime.fromisoformat(self.state["started_at"])
        target = self.parent / str(ULID.from_datetime(started_at))
        self.folder.rename(target)
        disk.sync(self.parent)
        return Sealed(target, _sealed(target))


def finish_sealing(home: Path, source: str) -> None:
    """Show a pull whose sealing was killed between its seal and the rename."""
    folder = folder_of(home, source) / OPEN
    if (folder / SEAL).exists():
        (folder / JOURNAL).unlink(missing_ok=True)
        Pull(home, source, _sealed(folder)).show()
