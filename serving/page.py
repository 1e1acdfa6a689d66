"""The page that executives read: one static HTML file, drawn from a published version and from nothing else.

It runs no script and makes no request: its content policy allows its own style alone, by hash.
"""

import base64
import hashlib
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from serving import disk, words
from serving.errors import VersionError
from serving.figures import LEVELS, Check, Figures, Score, Value, read_figures
from serving.reader import connect
from serving.versions import DATABASE, PAGE, Version, list_versions, read_manifest, served

FOLDER = Path(__file__).parent / "page"
GRAINS = {"all": "All time", "fiscal_year": "Latest full fiscal year", "quarter": "Latest full quarter"}
SHOWN_CHECKS = 50
SHOWN_FAILING = 5
SHOWN_CHARACTERS = 100  # of what a failing check observed and expected; its rows tell the rest
SHOWN = ("published", "unchanged")  # outcomes of a refresh after which the served version is the newest truth


@dataclass(frozen=True)
class Cell:
    """One figure on the scorecard. `look`: value, missing, few, part or none, for the style."""

    heading: str
    text: str
    look: str
    period: str = ""
    notes: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Reasons:
    """Why rows of a level have a value status, and how many for each reason (None: all of them)."""

    level: str
    counts: list[tuple[str, int | None]]


@dataclass(frozen=True)
class StatusRow:
    """One value status: how many of each level have it, and why."""

    status: str
    look: str
    meaning: str
    counts: list[tuple[str, int]]
    reasons: list[Reasons]


@dataclass(frozen=True)
class Segment:
    """A piece of a bar, in percent of its width, and what it stands for."""

    status: str
    count: int
    look: str
    start: float
    width: float


def draw_version(version_dir: Path) -> str:
    """The page of the version in `version_dir`, as HTML text.

    Raises VersionError or ReadError when its manifest or database can't be read.
    """
    return _render(_version_context(version_dir) | {"banner": None, "note": None, "last": None})


def draw_root(home: Path, last_refresh: Mapping[str, Any] | None) -> Path:
    """Write `<home>/index.html` in one step: the served version's page and the state of the last refresh.

    `last_refresh`: refresh_id; ended_at (datetime or ISO 8601); outcome (`published`, `unchanged`, or anything
    else: not published, which draws a banner); message (str, optional); failing (list of check records as dicts:
    check_name, object_name, status, observed, expected, failing_rows); title (of the portfolio, optional: for
    before the first version). Returns the file's path. Raises VersionError, ReadError or OSError.
    """
    version = served(home)
    last = dict(last_refresh) if last_refresh else None
    context = _empty_context(home, last) if version is None else _version_context(version.folder)
    context |= {"banner": _banner(last, version), "note": _note(home, version), "last": _last(last)}
    path = home / PAGE
    disk.write(path, _render(context))
    return path


def content_policy(css: str) -> str:
    """The page's Content-Security-Policy: nothing at all but this one inline style."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def cell(score: Score, grain: str, currency: str) -> Cell:
    """What the scorecard says of a metric at a grain. Zero, too few and not measured are three different things."""
    heading = GRAINS[grain]
    if grain not in score.values:
        return Cell(heading, "–", "none")
    value = score.values[grain]
    if value is None:
        return Cell(heading, words.NOT_MEASURED, "missing", notes=["no full period is measured"])
    period = words.period(value.period_start, value.period_end)
    if value.status == "insufficient_sample":
        needed = f", {words.number(score.metric.minimum_n)} needed" if score.metric.minimum_n else ""
        return Cell(heading, words.STATUS_WORDS[value.status], "few", period, [f"n = {_n(value)}{needed}"])
    if value.value is None or value.status == "not_measured":
        return Cell(heading, words.NOT_MEASURED, "missing", period)
    text = words.quantity(value.value, score.metric.unit, currency)
    return Cell(
        heading, text, "part" if value.status == "incomplete" else "value", period, _notes(score, value, currency)
    )


def status_rows(figures: Figures) -> list[StatusRow]:
    """The value statuses in the order of model.md, those of no row left out."""
    counts = {level: figures.counts(level) for level in LEVELS}
    names = dict.fromkeys(status for level in LEVELS for status in counts[level])
    rows: list[StatusRow] = []
    for status in names:
        shown = [(level, counts[level].get(status, 0)) for level in LEVELS]
        if any(count for _, count in shown):
            meaning = words.VALUE_MEANINGS.get(status, "")
            rows.append(StatusRow(status, _look(status), meaning, shown, _reasons(figures, status, meaning)))
    return rows


def segments(counts: Mapping[str, int]) -> list[Segment]:
    """A bar of the counts, in their order; empty when there is nothing to show."""
    total, start, found = sum(counts.values()), 0.0, list[Segment]()
    for status, count in counts.items():
        if count:
            begin, width = round(100 * start / total, 3), round(100 * count / total, 3)
            found.append(Segment(status, count, _look(status), begin, width))
        start += count
    return found


def newest_loads(loads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest load of each source and feed (load ids sort by age), by source and feed."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for load in sorted(loads, key=lambda load: str(load.get("load_id", ""))):
        newest[str(load.get("source", "")), str(load.get("feed", ""))] = load
    return [newest[key] for key in sorted(newest)]


def _version_context(folder: Path) -> dict[str, Any]:
    manifest = read_manifest(folder)
    try:
        with connect(folder / DATABASE) as connection:
            figures = read_figures(connection, str(manifest.get("refresh_id")))
    except duckdb.Error as error:
        raise VersionError(
            f"its page can't be drawn ({error}).", str(folder), "run `outcomes refresh`, or serve another version."
        ) from error
    currency = str(manifest.get("reporting_currency") or "")
    counts = {level: figures.counts(level) for level in LEVELS}
    scores = [(score.metric, [cell(score, grain, currency) for grain in GRAINS]) for score in figures.scores]
    loads = [_load(load, manifest.get("as_of")) for load in newest_loads(manifest.get("loads") or [])]
    return {
        "title": manifest.get("title") or manifest.get("portfolio") or "Portfolio",
        "manifest": manifest,
        "known": _known(manifest),
        "headline": words.headline(figures.total("delivered"), figures.total("cost"), currency, counts),
        "levels": [(level, sum(counts[level].values()), segments(counts[level])) for level in LEVELS],
        "status_rows": status_rows(figures),
        "scores": scores,
        "has_dash": any(one.look == "none" for _, cells in scores for one in cells),
        "loads": loads,
        "has_sources": len({load.get("source") for load in loads}) > 1,
        "check_counts": _check_counts(figures.checks),
        "open_checks": [check for check in figures.checks if check.status not in ("passed", "not_compared")],
        "fingerprints": {
            name.replace("_", " "): value
            for name, value in manifest.items()
            if name.endswith("fingerprint") and isinstance(value, str)
        },
    }


def _empty_context(home: Path, last: dict[str, Any] | None) -> dict[str, Any]:
    return {"title": (last or {}).get("title") or home.name, "manifest": None}


def _banner(last: dict[str, Any] | None, version: Version | None) -> dict[str, Any] | None:
    """What the banner says, None when the last refresh was published or had nothing new."""
    if last is None or last.get("outcome") in SHOWN:
        return None
    ended, published = words.instant(last.get("ended_at")), version.published_at if version else None
    failing: list[dict[str, Any]] = last.get("failing") or []
    message = str(last.get("message") or "")
    is_repeated = any(str(record.get("check_name")) in message for record in failing)
    return {
        "refresh_id": last.get("refresh_id"),
        "ended": words.minute(ended.isoformat()) if ended else None,
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
    """A sentence where an older version is served than the newest there is."""
    newest = next((found for found in list_versions(home) if found.observed_by is None), None)
    if version is None or newest is None or newest.version == version.version:
        return None
    return f"An earlier version is served: {newest.version} is newer."


def _known(manifest: Mapping[str, Any]) -> str | None:
    """A sentence where a version shows what was known then, and none of what was observed later."""
    if not manifest.get("observed_by"):
        return None
    day = words.day(manifest.get("as_of"))
    if manifest.get("reconstructed"):
        return f"Reconstructed: as known on {day}, from loads landed later."
    return f"As known on {day}, from the loads landed by then."


def _last(last: dict[str, Any] | None) -> str | None:
    """The last refresh in one line, for those that need no banner."""
    ended = words.instant(last.get("ended_at")) if last else None
    if last is None or ended is None or last.get("outcome") not in SHOWN:
        return None
    return words.minute(ended.isoformat()) + (", nothing new" if last["outcome"] == "unchanged" else ", published")


def _load(load: dict[str, Any], as_of: str | None) -> dict[str, Any]:
    observed, now = words.instant(load.get("observed_at")), words.instant(as_of)
    age = words.age(now - observed) if observed and now and now - observed >= timedelta(hours=1) else None
    return load | {"observed": words.minute(load.get("observed_at")), "age": age}


def _check_counts(checks: list[Check]) -> list[tuple[str, int]]:
    """(words, number) of the statuses, passed, warned and failed always among them."""
    counts: dict[str, int] = {"passed": 0, "warned": 0, "failed": 0}
    for check in checks:
        counts[check.status] = counts.get(check.status, 0) + 1
    return [(words.CHECK_WORDS.get(status, status), count) for status, count in counts.items()]


def _reasons(figures: Figures, status: str, meaning: str) -> list[Reasons]:
    """Why rows have a value status, a line for each level, or one line where all have the same reason.

    A reason that the status's `meaning` says already is left out.
    """
    found = {level: figures.statuses.get(level, {}).get(status, {}) for level in LEVELS}
    distinct = {reason for reasons in found.values() for reason in reasons}
    if len(distinct) == 1:
        said = meaning.partition(":")[0]
        return [Reasons("", [(one, None)]) for one in distinct if one and not (said and one.startswith(said))]
    return [
        Reasons(level, [(reason, count if len(reasons) > 1 else None) for reason, count in reasons.items() if reason])
        for level, reasons in found.items()
        if any(reasons)
    ]


def _notes(score: Score, value: Value, currency: str) -> list[str]:
    if value.status == "incomplete":
        notes = [f"incomplete: {words.number(value.n_excluded or 0)} left out", f"n = {_n(value)}"]
    else:
        apart = f", {words.left_aside(value.n_excluded, score.metric.description)}" if value.n_excluded else ""
        notes = [f"{words.STATUS_WORDS.get(value.status, value.status)}, n = {_n(value)}{apart}"]
    if value.lower is not None and value.upper is not None:
        lower, upper = (words.quantity(bound, score.metric.unit, currency) for bound in (value.lower, value.upper))
        notes.append(f"95% interval {lower} to {upper}")
    if value.period_start is None and value.is_partial:
        notes.append("its data covers a part of the time")
    return notes


def _n(value: Value) -> str:
    return words.number(value.n or 0)


def _look(status: str) -> str:
    """A status as the name of a style."""
    return "s-" + (status.replace(" ", "-") if status in words.VALUE_MEANINGS else "other")


def breakable(text: str) -> Markup:
    """`text`, escaped, with a place to break the line after each underscore and dot."""
    return Markup("<wbr>").join(re.split(r"(?<=[_.])", text))


def joined(text: str) -> str:
    """`text` with no break of the line between a number and the word after it."""
    return re.sub(r"(?<=\d) (?=\w)", "\N{NO-BREAK SPACE}", text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = environment.filters
    own = (words.number, words.plural, words.day, words.minute, words.size, breakable, joined)
    filters |= {f.__name__: f for f in own}
    return environment


def _render(context: dict[str, Any]) -> str:
    css = (FOLDER / "page.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(context, css=Markup(css), policy=content_policy(css), check_words=words.CHECK_WORDS, limit=SHOWN_CHECKS)
    )
