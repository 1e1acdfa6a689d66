"""Ready mappings for exports of common tools, and which export a file is."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from sources.drafting.profiles import Profile
from sources.drafting.words import plain, words
from sources.errors import LandingError

FEW = 0.25  # share of the columns that a ready mapping reads and a file may lack


@dataclass(frozen=True)
class Known:
    """The export that a file is: the example for it, its title, the feeds that its mappings give, and the columns that
    they read and the file lacks."""

    example: str
    title: str
    feeds: frozenset[str]
    lacks: tuple[str, ...]
    is_near: bool


def _folder() -> Traversable:
    return resources.files(__package__ or "") / "examples"


@cache
def examples() -> dict[str, str]:
    """The exports with ready mappings by name, with the first line of what they say of themselves."""
    found = sorted((entry for entry in _folder().iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    return {e.name: (e / "README.md").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for e in found}


def example_files(name: str, profile: Profile | None = None) -> dict[str, str]:
    """The files of a ready mapping, by their path in a portfolio; of a profile's files, if one is given.

    Raises LandingError for an unknown name.
    """
    if name not in examples():
        raise LandingError("there is no such example.", name, f"choose one of {', '.join(examples())}.")
    view = rf"\braw\.{words()['exports'][name]['view']}\b"
    found = {
        f"feeds/{entry.name}" if entry.name != "README.md" else f"docs/{name}.md": entry.read_text(encoding="utf-8")
        for entry in (_folder() / name).iterdir()
        if entry.is_file()
    }
    if profile is None:
        return found
    source = profile.source
    return {
        path: re.sub(view, lambda _: source, text) if path.endswith(".sql") else text for path, text in found.items()
    }


def known_export(profile: Profile) -> Known | None:
    """The export of a common tool that a file is, by its columns."""
    names = {plain(column.name) for column in profile.columns}
    for example, export in words()["exports"].items():
        if set(export["columns"]) <= names:
            read = _columns_read(example)
            lacks = tuple(name for name in read if plain(name) not in names)
            feeds = frozenset(Path(path).stem for path in example_files(example) if path.startswith("feeds/"))
            return Known(example, examples()[example], feeds, lacks, len(lacks) < FEW * max(len(read), 1))
    return None


@cache
def _columns_read(example: str) -> tuple[str, ...]:
    """The file's columns that the mappings of an example read, but for those that are to be chosen anyway."""
    view = f"raw.{words()['exports'][example]['view']}"
    texts = [
        text
        for path, text in example_files(example).items()
        if path.endswith(".sql") and set(re.findall(r"\braw\.\w+", text)) == {view}
    ]
    lines = [line for text in texts for line in text.splitlines()]
    to_choose = {
        name for line in lines if "-- check" in line for name in re.findall('"([^"]+)"', line.partition("--")[0])
    }
    read = [name for line in lines for name in re.findall('"([^"]+)"', line.partition("--")[0])]
    return tuple(name for name in dict.fromkeys(read) if name not in to_choose)
