"""Where a source's secrets come from: the environment, else a file that only its owner can read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sources.common import disk
from sources.errors import LandingError
from sources.fetching.source import ApiSource

FOLDER = "secrets"


class Secrets:
    """The secrets of a source: of the environment (`given`, by variable), else of `<home>/secrets/<source>.json`.

    A secret that changes with each use is kept in the file, so there the file comes first. Each call raises
    LandingError if others can read the file, or if it isn't a JSON object.
    """

    def __init__(self, source: ApiSource, home: Path, given: Mapping[str, str]) -> None:
        self.source, self.path, self.given = source, home / FOLDER / f"{source.name}.json", given

    def find(self, name: str) -> str | None:
        """A secret; None if there is none."""
        given = self.given.get(self.source.variable(self.source.name, name), "").strip()
        if given and name not in self.source.changing:
            return given
        kept = self._kept().get(name)
        return (kept.strip() if isinstance(kept, str) else "") or given or None

    def get(self, name: str) -> str:
        """A secret. Raises LandingError if there is none."""
        if (found := self.find(name)) is not None:
            return found
        at, where = self.path, f"source {self.source.name}"
        variable = self.source.variable(self.source.name, name)
        how = f'set {variable} in the environment, or write {{"{name}": "…"}} to {at} (chmod 600).'
        if name in self.source.changing:
            how = f"outcomes connect {self.source.name} signs in and keeps it."
        raise LandingError(f"it has no {name}.", str(at) if at.exists() else where, how)

    def keep(self, name: str, value: str) -> None:
        """Keep a secret in the file; it is on the disk when this returns."""
        disk.write_private(self.path, json.dumps(self._kept() | {name: value}) + "\n")

    def _kept(self) -> dict[str, Any]:
        if not self.path.exists():
            return {}
        try:
            disk.refuse_readable(self.path)
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except PermissionError as error:
            raise LandingError("others can read it.", str(self.path), f"chmod 600 {self.path}") from error
        except ValueError:  # its message would quote the file
            found = None
        if not isinstance(found, dict):
            example = f'write {{"{self.source.secret}": "…"}}.'
            raise LandingError("it is not a JSON object.", str(self.path), example) from None
        return found
