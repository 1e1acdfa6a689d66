"""Choose the pseudonym key, and check that it is the one that the landed loads were made with."""

from pathlib import Path

from sources import forgotten, loads
from sources.errors import LandingError
from sources.pseudonyms import key_print, portfolio_key

RESTORE = "put the old key back, as OUTCOMES_KEY or from a backup of this file (docs/operations.md)"


def pseudonym_key(home: Path, given: str | None, *, new: bool = False) -> bytes:
    """The key of a portfolio: the one given by the environment, else its own file's, made at first use.

    Raises LandingError if loads were landed with another key, unless a new one is wanted; ValueError for an empty
    key, PermissionError for a file that others can read.
    """
    used = None if new else used_key(home)
    path = home / "key"
    if given is None and used is not None and not path.exists():
        raise LandingError(
            "the key for pseudonyms is missing, and another one would give every person a new pseudonym.",
            str(path),
            f"{RESTORE}; if it is lost, start with a new one: `outcomes refresh --new-key`.",
        )
    key = portfolio_key(home) if given is None else given.encode()
    if not key:
        what, fix = ("OUTCOMES_KEY is", "remove it, or give a key") if given is not None else (f"{path} is", RESTORE)
        raise ValueError(f"{what} empty, and it is the key for pseudonyms. To fix: {fix}")
    if used is not None and used != key_print(key):
        raise LandingError(
            "this is not the key that the landed pseudonyms were made with, and it would give every person a new one.",
            "OUTCOMES_KEY" if given is not None else str(path),
            f"{RESTORE}; if you mean to change it, run `outcomes refresh --new-key`.",
        )
    forgotten.refuse_other_key(home, key)
    return key


def used_key(home: Path) -> str | None:
    """The fingerprint of the key that the newest load was landed with; None where nothing has landed."""
    newest = max(loads.all_loads(home), key=lambda load: load["load_id"], default=None)
    return newest["key"] if newest else None
