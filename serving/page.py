"""The executive page: drawn from a published version, with the state of the last refresh around it.

The content of a version's page is assembled in `serving/dashboard/`.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from serving import words
from serving.dashboard.assembly import render, version_context
from serving.figures import Check
from serving.manifest import PAGE
from serving.versions import Version, list_versions, served
from sources.common import disk
from sources.common.limits import Limits

SHOWN_FAILING = 5
SHOWN_CHARACTERS = 100  # of a failing check's observed and expected values
SHOWN = ("published", "unchanged")  # outcomes of a refresh after which the served version is up to date


def draw_version(version_dir: Path, limits: Limits | None = None) -> str:
    """The page of the version in `version_dir`, as HTML text.

    Raises VersionError or ReadError when its manifest or database can't be read, ChartError when a chart's file is
    invalid.
    """
    return render(version_context(version_dir, limits) | {"banner": None, "note": None, "last": None})


def draw_copy(version: Version, path: Path) -> Path:
    """Write the page of any kept version into the file `path`, atomically; the version itself doesn't change.

    Raises VersionError, ReadError, ChartError or OSError.
    """
    disk.write(path, draw_version(version.folder))
    return path


def draw_root(home: Path, last_refresh: Mapping[str, Any] | None) -> Path:
    """Write `<home>/index.html` atomically: the served version's page and the state of the last refresh.

    `last_refresh`: refresh_id; ended_at (datetime or ISO 8601); outcome (`published`, `unchanged`, or anything
    else: not published, which draws a banner); message (str, optional); failing (list of check records as dicts:
    check_name, object_name, status, observed, expected, failing_rows); title (of the portfolio, optional: for
    before the first version). Returns the file's path. Raises VersionError, ReadError or OSError.
    """
    version = served(home)
    last = dict(last_refresh) if last_refresh else None
    context = _empty_context(home, last) if version is None else version_context(version.folder)
    context |= {"banner": _banner(last, version), "note": _note(home, version), "last": _last(last)}
    path = home / PAGE
    disk.write_shared(path, render(context))
    return path


def _empty_context(home: Path, last: dict[str, Any] | None) -> dict[str, Any]:
    return {"title": (last or {}).get("title") or home.name, "manifest": None}


def _banner(last: dict[str, Any] | None, version: Version | None) -> dict[str, Any] | None:
    """The banner's content; None if the last refresh was published or had nothing new."""
    if last is None or last.get("outcome") in SHOWN:
        return None
    ended, published = words.instant(last.get("ended_at")), version.published_at if version else None
    failing: list[dict[str, Any]] = last.get("failing") or []
    message = str(last.get("message") or "")
    is_repeated = any(str(record.get("check_name")) in message for record in failing)
    return {
        "refresh_id": last.get("refresh_id"),
        "ended": ended.isoformat() if ended else None,
        "message": None if is_repeated else message or None,
        "age": words.age(ended - published) if ended and published else None,
        "failing": [_failing(record) for record in failing[:SHOWN_FAILING]],
        "count": len(failing),
    }


def _failing(record: Mapping[str, Any]) -> dict[str, Any]:
    name = str(record.get("check_name"))
    return {
        "check": Check(
            name,
            record.get("object_name"),
            str(record.get("severity", "fail")),
            str(record.get("status", "failed")),
            _short(record.get("observed")),
            _short(record.get("expected")),
            record.get("failing_rows"),
        ),
        "command": f"outcomes check --rows {shlex.quote(name)}",
    }


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1].rstrip()}…"


def _note(home: Path, version: Version | None) -> str | None:
    """A sentence if the served version is not the newest."""
    newest = next((found for found in list_versions(home) if found.observed_by is None), None)
    if version is None or newest is None or newest.version == version.version:
        return None
    return f"An earlier version is served: {newest.version} is newer."


def _last(last: dict[str, Any] | None) -> str | None:
    """The last refresh in one line, if it needs no banner."""
    ended = words.instant(last.get("ended_at")) if last else None
    if last is None or ended is None or last.get("outcome") not in SHOWN:
        return None
    return words.minute(ended.isoformat()) + (", nothing new" if last["outcome"] == "unchanged" else ", published")
