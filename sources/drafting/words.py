"""The words of `words.yml`, and names as they are compared with them."""

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

import yaml

from sources.contracts import Column as FeedColumn
from sources.contracts import Feed


@cache
def words() -> dict[str, Any]:
    """What `words.yml` says, by its keys."""
    return yaml.safe_load((resources.files(__package__ or "") / "words.yml").read_text(encoding="utf-8"))


def plain(name: str) -> str:
    """A name in lower case, without accents, and with _ for all else than letters and digits."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")


def words_of(name: str) -> set[str]:
    """The single words of a name."""
    return set(plain(name).split("_"))


def names_of(feed: Feed, wanted: FeedColumn) -> list[str]:
    """What a file may call a column of a feed; a name also as its members are called."""
    own = [feed.name.removesuffix("s")] if wanted.name == "name" else []
    return [wanted.given_as, *words()["names"].get(wanted.name, []), *own]
