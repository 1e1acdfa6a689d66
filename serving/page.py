"""The executive page: drawn from a published version, with the state of the last refresh around it.

The content of a version's page is assembled in `serving/dashboard/`.
"""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from serving import words
from serving.dashboard.assembly import has_places, render, version_context, with_state
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
    return render(version_context(version_dir, limits))


def draw_copy(version: Version, path: Path) -> Path:
    """Write the page of any kept version into the file `path`, atomically; the version itself doesn't change.

    Raises VersionError, ReadError, ChartError or OSError.
    """
    disk.write(path, draw_version(version.folder))
    return path


def draw_root(home: Path, last_refresh: Mapping[str, Any] | None, *, afresh: bool = False) -> Path:
    """Write `<home>/index.html` atomically: the served version's page and the state of the last refresh.

    The page is the one that was published; `afresh` draws it again, with the charts as they are now.

    `last_refresh`: sources (a list of dicts, one of each that could not be fetched or landed: source, step, seen_at);
    refresh_id; ended_at (datetime or ISO 8601); outcome (`published`, `unchanged`, or anything
    else: not published, which draws a banner); message (str, optional); failing (list of check records as dicts:
    check_name, object_name, status, observed, expected, failing_rows); title (of the portfolio, optional: for
    before the first version). Returns the file's path. Raises VersionError, ReadError or OSError.
    """
    version = served(home)
    last = dict(last_refresh) if last_refresh else None
    if version is None:
        page = render({"title": (last or {}).get("title") or home.name, "manifest": None})
    else:
        page = (None if afresh else _published_page(version)) or draw_version(version.folder)
    notes = [*_earlier(home, version), *_unfetched(last)]
    state = {"banner": _banner(last, version), "notes": notes, "last": _last(last)}
    path = home / PAGE
    disk.write_shared(path, with_state(page, state, version.manifest if version else {}))
    return path


def _published_page(version: Version) -> str | None:
    """The page as it was published; None where it is damaged, or of a release whose pages had no place for a state."""
    try:
        if disk.entry(version.page) != (version.manifest.get("files") or {}).get(PAGE):
            return None
        page = version.page.read_text(encoding="utf-8")
    except OSError:
        return None
    return page if has_places(page) else None


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


def _earlier(home: Path, version: Version | None) -> Iterator[tuple[str, str]]:
    """A sentence if the served version is not the newest, and the command that says more."""
    newest = next((found for found in list_versions(home) if found.observed_by is None), None)
    if version is not None and newest is not None and newest.version != version.version:
        yield f"An earlier version is served: {newest.version} is newer.", "outcomes versions"


def _unfetched(last: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """A sentence for each source that the last refresh could not fetch, whose last pull it used."""
    for trouble in (last or {}).get("sources") or []:
        if trouble["seen_at"]:
            seen = f"{trouble['source']} could not be fetched: its figures are of {words.minute(trouble['seen_at'])}."
            yield seen, "outcomes doctor"


def _last(last: dict[str, Any] | None) -> str | None:
    """The last refresh in one line, if it needs no banner."""
    ended = words.instant(last.get("ended_at")) if last else None
    if last is None or ended is None or last.get("outcome") not in SHOWN:
        return None
    return words.minute(ended.isoformat()) + (", nothing new" if last["outcome"] == "unchanged" else ", published")
