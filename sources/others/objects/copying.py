"""Copies what changed in an object store into a sealed pull; a file that didn't change is linked to the copy before."""

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from sources.common import disk
from sources.errors import LandingError
from sources.fetching import pulls
from sources.fetching.api import NotFoundError, RefusedError
from sources.fetching.source import LOCAL, Window
from sources.files import data_suffix
from sources.others.objects import FILES

if TYPE_CHECKING:
    from sources.others.objects import ObjectSource

PART = ".part"
CHUNK = 8 << 20  # bytes
LONGEST_NAME = 255  # bytes of a file's name
_STATUS = re.compile(r"status code: (\d{3})|<Code>(\w+)</Code>")


class Object(NamedTuple):
    """What tells that an object is the one of before."""

    e_tag: str
    size: int


def _tag(meta: Any) -> str:
    """What tells two states of an object apart; a list may have it without the quotes that the object itself has."""
    return (meta["e_tag"] or "").strip('"')


class Store:
    """The files of a source, by their path below its address. Raises LandingError, which quotes no answer."""

    def __init__(self, source: "ObjectSource") -> None:
        if find_spec("obstore") is None:
            raise LandingError(
                "obstore is not installed.", f"source {source.name}", "pip install 'outcome-warehouse[objects]'."
            )
        import obstore
        from obstore.store import HTTPStore, from_url

        self.source, self.calls, self.obstore = source, 0, obstore
        base, _, self.file = source.path.rpartition("/") if source.path.startswith("http") else (source.path, "", "")
        options: dict[str, Any] = {"retry_config": {"retry_timeout": source.patience}}
        if any(f"//{host}" in base for host in LOCAL):
            options["client_options"] = {"allow_http": True}
        self.store = HTTPStore.from_url(base, **options) if self.file else from_url(base, **options)

    def listed(self) -> dict[str, Object]:
        """Every data file, in the order of names."""
        self.calls += 1
        found: list[Any] = []
        try:
            if self.file:
                found = [self.obstore.head(self.store, self.file)]
            else:
                found = [one for page in self.obstore.list(self.store) for one in page]
        except Exception as error:
            raise self._told(error, "") from None
        named = {one["path"]: Object(_tag(one) or str(one["last_modified"]), one["size"]) for one in found}
        kept = {name: named[name] for name in sorted(named) if data_suffix(Path(name))}
        if not kept:
            raise LandingError(
                "there is no data file.", self._where(""), "check the address; a file is known by its name, as .csv."
            )
        for name in kept:
            self._hold_name(name)
        return kept

    def copy(self, name: str, wanted: Object, target: Path) -> None:
        """Copy an object, if it is still the one that was listed; the file is on the disk when this returns."""
        self.calls += 1
        part = target.with_name(target.name + PART)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                try:
                    answer = self.obstore.get(self.store, name)
                    if (_tag(answer.meta) or wanted.e_tag, answer.meta["size"]) != wanted:
                        raise self._changed(name)
                    for chunk in answer.stream(min_chunk_size=CHUNK):
                        file.write(chunk)
                except (OSError, LandingError) as error:
                    if isinstance(error, FileNotFoundError):
                        raise self._told(error, name) from None
                    raise
                except Exception as error:
                    raise self._told(error, name) from None
                if file.tell() != wanted.size:
                    raise LandingError("its copy is incomplete.", self._where(name), "fetch again.")
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise LandingError(
                "its name is a folder of another one.", self._where(name), "rename one of the two."
            ) from None
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise

    def _hold_name(self, name: str) -> None:
        parts = PurePosixPath(name).parts
        is_long = any(len(part.encode()) > LONGEST_NAME - len(PART) for part in parts)
        if name.startswith("/") or "\0" in name or {"..", "."} & set(parts) or is_long:
            raise LandingError("its name can't be that of a file here.", self._where(name), "rename it there.")

    def _where(self, name: str) -> str:
        return f"source {self.source.name}: {self.source.path}" + (f"/{name}" if name and not self.file else "")

    def _changed(self, name: str) -> LandingError:
        return LandingError(
            "it changed while it was copied.", self._where(name), "fetch again; what was copied before it is kept."
        )

    def _told(self, error: Exception, name: str) -> LandingError:
        """An error in words. The text of the answer is not quoted, as it may hold anything."""
        kind, found = type(error).__name__, _STATUS.findall(str(error))
        words = {word for pair in found for word in pair if word}
        said = f" ({', '.join(sorted(words))})" if words else ""
        if kind in ("PermissionDeniedError", "UnauthenticatedError") or {"401", "403", "AccessDenied"} & words:
            return RefusedError(
                f"the credentials may not read it{said}.", self._where(name), "give them the right to list and read."
            )
        if kind in ("NotFoundError", "FileNotFoundError") or "404" in words:
            return NotFoundError(f"there is no such thing{said}.", self._where(name), "check the address.")
        return LandingError(
            f"it can't be read{said or f' ({kind})'}.", self._where(name),
            "check the address and the credentials, or try again later; what was copied is kept.",
        )  # fmt: skip


def copy(
    home: Path, source: "ObjectSource", now: datetime, *, full: bool = False, say: Callable[[str], None]
) -> pulls.Sealed:
    """A pull of all files: those that changed are copied. If none did, the last pull, which was then seen now."""
    store = Store(source)
    listed = store.listed()
    earlier = pulls.sealed(home, source.name)
    before = earlier[-1] if earlier and earlier[-1].seal["fingerprint"] == source.fingerprint and not full else None
    known = {name: Object(*value) for name, value in before.seal["objects"].items()} if before else {}
    if before and known == listed:
        return pulls.see(before, now)
    pull = pulls.Pull.left(home, source.name, source.fingerprint, now) or pulls.Pull.begin(
        home, source.name, Window("snapshot", now, None), (), fingerprint=source.fingerprint, scope=[source.path],
        objects={},
    )  # fmt: skip
    for torn in pull.folder.rglob(f"*{PART}"):
        torn.unlink()
    copied = {name: Object(*value) for name, value in pull.state["objects"].items()}
    for gone in copied.keys() - listed.keys():
        (pull.folder / FILES / gone).unlink(missing_ok=True)
    linked = {name for name in listed if before and name not in copied and known.get(name) == listed[name]}
    wanted = [name for name, one in listed.items() if name not in linked and copied.get(name) != one]
    _hold_space(source, home, sum(listed[name].size for name in wanted))
    for name in linked:
        target = pull.folder / FILES / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        os.link(before.folder / FILES / name if before else target, target)
    for name in wanted:
        store.copy(name, listed[name], pull.folder / FILES / name)
        copied[name] = listed[name]
        pull.note(objects={name: one for name, one in copied.items() if name in listed})
        say(f"{source.name}: {name}, {listed[name].size / 1e6:,.1f} MB")
    if store.listed() != listed:
        raise LandingError(
            "files changed while they were copied.", f"source {source.name}: {source.path}",
            "fetch again; what was copied is kept.",
        )  # fmt: skip
    for folder in (pull.folder / FILES).rglob("*"):
        if folder.is_dir():
            disk.sync(folder)
    rows = {"files": {"rows": len(listed), "sha256": None}}
    return pull.seal(datetime.now(UTC), calls=store.calls, objects=listed, streams=rows)


def _hold_space(source: "ObjectSource", home: Path, size: int) -> None:
    free = shutil.disk_usage(home).free
    if size > free:
        raise LandingError(
            f"{size / 1e6:,.1f} MB are to be copied, and {free / 1e6:,.1f} MB are free at {home}.",
            f"source {source.name}: {source.path}",
            "free some space, or name a smaller folder.",
        )
