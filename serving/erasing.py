"""Remove published versions, pinned or not: only for `outcomes forget`."""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from filelock import FileLock, Timeout

from serving.errors import VersionError
from serving.keeping import PINS, REMOVED, pinned
from serving.versions import LOCK, PUBLISHING, list_versions, point_readers_at, serve_folder
from sources.common import disk


def erase(home: Path, names: Collection[str], *, keep: str | None) -> list[str]:
    """Remove the versions with these names, and leftovers of killed publishes and removals; the names removed.

    `keep` is served afterwards, whatever was served before. If `keep` is None, the served version stays. Raises
    VersionError when a refresh is publishing or the list of pinned versions can't be read, OSError if a file can't be
    removed.
    """
    serve = serve_folder(home)
    if not serve.is_dir():
        return []
    try:
        with FileLock(serve / LOCK, timeout=0):
            if keep is not None:
                point_readers_at(serve, keep)
            gone = [v.version for v in list_versions(home) if v.version in names and not v.is_served]
            for name in gone:
                (serve / name).rename(serve / f"{REMOVED}{name}")
            if pins := pinned(home):
                disk.write(serve / PINS, json.dumps(sorted(pins - {*gone})) + "\n")
            for path in serve.iterdir():
                if path.name.startswith(".") and path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
            disk.sync(serve)
    except Timeout as error:
        raise VersionError(PUBLISHING, str(serve), "try again when it has ended.") from error
    return gone
