"""The files of a source: which there are, under which names a mapping reads them, and which are refused."""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from sources import workbooks
from sources.common import disk
from sources.config import FileLimits, FileSettings
from sources.errors import LandingError

SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", *workbooks.SUFFIXES)
_KINDS = {stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket", stat.S_ISCHR: "a device", stat.S_ISBLK: "a device"}


@dataclass(frozen=True)
class RawFile:
    """One file of a source: its view's name, its place, its path within the portfolio, and what is declared of it."""

    name: str
    path: Path
    relative: str
    suffix: str
    settings: FileSettings = field(default_factory=FileSettings, hash=False)
    sheet: str | None = None  # of a workbook
    hidden: tuple[str, ...] = ()  # sheets of the workbook that are left out
    sha256: str | None = None  # of a fetched file, as its pull's seal says
    records: int | None = None

    @property
    def is_gzip(self) -> bool:
        """Whether the file is compressed."""
        return self.path.suffix.lower() == ".gz"

    def digest(self) -> str:
        """SHA-256 of the file's bytes, hex."""
        if self.sha256 is not None:
            return self.sha256
        return disk.sha256(self.path)


def data_suffix(path: Path) -> str | None:
    """`.csv`, `.jsonl` or another of `SUFFIXES`, without a `.gz` after it; None for any other file."""
    name = path.name.lower().removesuffix(".gz")
    return next((s for s in SUFFIXES if name.endswith(s)), None)


def settings_of(relative: str, declared: Mapping[str, FileSettings]) -> FileSettings:
    """What `files:` in portfolio.yml declares of a file; where several patterns match, a later one goes first.

    A pattern with a slash is compared with the path within the portfolio, another one with the file's name.
    """
    name = relative.rpartition("/")[2]
    merged: dict[str, object] = {}
    for pattern, given in declared.items():
        subject = relative if "/" in pattern else name
        if subject == pattern or fnmatchcase(subject, pattern):
            merged |= {key: getattr(given, key) for key in given.model_fields_set}
    return FileSettings.model_validate(merged) if merged else FileSettings()


def tables_of(
    portfolio: Path, path: Path, name: str, suffix: str, declared: Mapping[str, FileSettings], limits: FileLimits
) -> list[RawFile]:
    """The tables of a data file by the name of their views: the file, or each sheet of a workbook that has several.

    Raises LandingError if it is not a file that can be read.
    """
    relative = path.relative_to(portfolio).as_posix()
    check_is_file(path, portfolio)
    settings = settings_of(relative, declared)
    if suffix not in workbooks.SUFFIXES:
        return [RawFile(name, path, relative, suffix, settings)]
    found = workbooks.sheets_of(path, relative, settings, limits)
    tables: list[RawFile] = []
    for sheet in found.read:
        own = settings.sheets.get(sheet)
        given = settings.model_copy(update=own.model_dump(exclude_unset=True)) if own else settings
        alone = len(found.read) == 1
        view, place = (name, relative) if alone else (f"{name}__{view_name(sheet)}", f"{relative}#{sheet}")
        tables.append(RawFile(view, path, place, suffix, given, sheet, found.hidden))
    return tables


def files_entry(raw: RawFile, setting: str) -> str:
    """The entry of portfolio.yml that declares something of a file."""
    name = json.dumps(raw.relative.rpartition("/")[2], ensure_ascii=False)
    return f"files: {{{name}: {{{setting}}}}}"


def view_name(text: str) -> str:
    """A name as a view has it: in lower case, other characters than a–z and 0–9 replaced."""
    return re.sub(r"[^a-z0-9]", "_", text.lower())


def raw_files(
    portfolio: Path,
    folder: str,
    declared: Mapping[str, FileSettings] | None = None,
    limits: FileLimits | None = None,
) -> dict[str, RawFile]:
    """The data files below a source's folder, by view name.

    Raises LandingError where the folder leaves the portfolio, a data file is no regular file, or two files would share
    a name.
    """
    portfolio = portfolio.resolve()
    root = _folder_within(portfolio, folder)
    if not root.is_dir():
        return {}
    found: dict[str, RawFile] = {}
    for path in sorted(root.rglob("*")):
        refuse_leaving_link(path, portfolio)  # whatever its name: a mapping could read it
        suffix = data_suffix(path)
        if suffix is None or path.name.startswith(".") or path.is_dir():
            continue
        stem = path.name.lower().removesuffix(".gz").removesuffix(suffix)
        for raw in tables_of(portfolio, path, view_name(stem), suffix, declared or {}, limits or FileLimits()):
            if raw.name in found:
                raise LandingError(
                    f"it would be read as raw.{raw.name}, and so would {found[raw.name].relative}.",
                    raw.relative,
                    "rename one.",
                )
            found[raw.name] = raw
    return found


def printable(path: Path) -> str:
    """A path as text, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def check_is_file(path: Path, portfolio: Path) -> None:
    """Raises LandingError if a path is not a regular file with a name in UTF-8."""
    shown = printable(path.relative_to(portfolio))
    refuse_leaving_link(path, portfolio)
    if shown != str(path.relative_to(portfolio)):
        raise LandingError("its name is not UTF-8.", shown, "rename it.")
    if path.is_symlink() and not path.exists():
        raise LandingError("it is a link to nothing.", shown, "copy the file in, or remove the link.")
    if path.is_dir():
        raise LandingError("it is a folder, but its name is that of a file.", shown, "rename it.")
    if not path.is_file():
        mode = path.stat().st_mode
        kind = next((words for test, words in _KINDS.items() if test(mode)), "something else")
        raise LandingError(f"it is {kind}, not a file.", shown, "put the file itself there.")


def _folder_within(portfolio: Path, folder: str) -> Path:
    """A source's folder. Raises LandingError if it is outside the portfolio."""
    try:
        root = (portfolio / folder).resolve()
    except RuntimeError as error:
        raise LandingError("it is a link to itself.", folder, "replace it by a folder.") from error
    if not root.is_relative_to(portfolio.resolve()):
        raise LandingError("the folder is outside the portfolio.", folder, "keep `path` below the portfolio's folder.")
    return root


def refuse_leaving_link(path: Path, portfolio: Path) -> None:
    """Raises LandingError if a path is a link to something outside the portfolio, or to itself."""
    if not path.is_symlink():
        return
    try:
        leaves = not path.resolve().is_relative_to(portfolio.resolve())
    except (OSError, RuntimeError) as error:  # Python 3.11 raises RuntimeError for a loop
        raise LandingError(
            "it is a link to itself.", printable(Path(path.name)), "copy the file in, or remove the link."
        ) from error
    if leaves:
        raise LandingError("it is a link that leaves the portfolio.", printable(Path(path.name)), "copy the file in.")


def dated_folders(portfolio: Path, folder: str) -> dict[date, str]:
    """The subfolders of a source with history, by the day in their name, oldest first.

    Hidden entries, and files that aren't data, are ignored. Raises LandingError for any other subfolder, for a data
    file beside them (nothing would read it), and if there is no subfolder.
    """
    root = _folder_within(portfolio, folder)
    found: dict[date, str] = {}
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        relative = printable(path.relative_to(portfolio.resolve()))
        refuse_leaving_link(path, portfolio)
        if path.name.startswith("."):
            continue
        if path.is_dir():
            found[_day_of(path.name, relative)] = relative
        elif data_suffix(path) is not None:
            raise LandingError(
                "it is beside the dated folders of a source with history, so it would not be read.",
                relative,
                "move it into one of them.",
            )
    if not found:
        raise LandingError(
            "a source with history needs one subfolder per load, but there is none.",
            folder,
            f"add one named by its day, such as {folder}/2026-03-31.",
        )
    return found


def _day_of(name: str, relative: str) -> date:
    try:
        day = date.fromisoformat(name)
    except ValueError:
        day = None
    if day is None or day.isoformat() != name:  # fromisoformat takes 20260331 and 2026-W14-2, too
        raise LandingError(
            "its name is not a day, but a source with history has one folder per day.",
            relative,
            "name it by the day it was exported, as YYYY-MM-DD, or move it elsewhere.",
        )
    return day
