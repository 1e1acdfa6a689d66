"""Where a source's secret comes from: the environment, else a file that only its owner can read."""

import json
from pathlib import Path

from sources.common import disk
from sources.errors import LandingError
from sources.fetching.source import ApiSource

FOLDER = "secrets"


def secret_of(source: ApiSource, home: Path, given: str | None) -> str:
    """The secret: the environment's (`given`), else that of `<home>/secrets/<source>.json`.

    Raises LandingError if there is none, or if others can read the file.
    """
    path = home / FOLDER / f"{source.name}.json"
    if given and given.strip():
        return given.strip()
    if not path.exists():
        raise LandingError(
            f"it has no {source.secret}.",
            f"source {source.name}",
            f'set {source.environment} in the environment, or write {{"{source.secret}": "…"}} to {path} (chmod 600).',
        )
    try:
        disk.refuse_readable(path)
        found = json.loads(path.read_text(encoding="utf-8")).get(source.secret)
    except PermissionError as error:
        raise LandingError("others can read it.", str(path), f"chmod 600 {path}") from error
    except (ValueError, AttributeError):  # their message would quote the file
        raise LandingError("it is not a JSON object.", str(path), f'write {{"{source.secret}": "…"}}.') from None
    if not isinstance(found, str) or not found.strip():
        raise LandingError(f"it has no {source.secret}.", str(path), f'write {{"{source.secret}": "…"}}.')
    return found.strip()
