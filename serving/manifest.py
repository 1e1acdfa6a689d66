"""The manifest of a version: what was published, each file's size and SHA-256, and a checksum of the manifest itself.

The checksum file, `manifest.json.sha256`, is a line that `sha256sum --check` reads.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from serving.errors import VersionError
from sources.common import disk

DATABASE = "warehouse.duckdb"
MANIFEST = "manifest.json"
PAGE = "index.html"
SEAL = f"{MANIFEST}.sha256"
ANOTHER = "serve another version (`outcomes versions`, `outcomes rollback VERSION`) or run `outcomes refresh --full`."
HEALS = "run `outcomes refresh`, which serves the newest whole version or builds one."


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest in a version's folder. Raises VersionError when it is missing or no JSON object."""
    path = folder / MANIFEST
    try:
        manifest: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VersionError(f"the manifest can't be read ({error}).", str(path), ANOTHER) from error
    if not isinstance(manifest, dict):
        raise VersionError("the manifest is not a JSON object.", str(path), ANOTHER)
    return {str(key): value for key, value in manifest.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write a manifest and its checksum file. Raises OSError, or TypeError for a value that JSON doesn't support."""
    text = as_json(manifest)
    disk.write(folder / MANIFEST, text)
    disk.write(folder / SEAL, seal(text.encode()))


def seal(manifest: bytes) -> str:
    """The content of the checksum file for a manifest."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n"


def as_json(value: dict[str, Any]) -> str:
    """`value` as JSON text; dates and times as ISO 8601. Raises TypeError for anything else JSON does not support."""

    def iso(other: object) -> str:
        if hasattr(other, "isoformat"):
            return str(other.isoformat())  # pyright: ignore
        raise TypeError(
            f"{other!r} can't be written into the manifest. To fix: use text, numbers, lists, dicts or dates"
        )

    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=iso) + "\n"


def names(folder: Path) -> list[str]:
    """The files below a version's folder by their path in it, without the manifest and its checksum file; sorted."""
    found = (
        Path(parent, name).relative_to(folder).as_posix() for parent, _, files in os.walk(folder) for name in files
    )
    return sorted(name for name in found if name not in (MANIFEST, SEAL))
