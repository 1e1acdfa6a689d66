"""Assemble the page of a version: one HTML file that makes no request and runs only its own script."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from serving import words
from serving.dashboard.declared import NO_PANEL, Chart, Decision, Section, charts, with_tiles
from serving.dashboard.embedded import Carried, carry, default_period, judged_periods
from serving.dashboard.script import script
from serving.dashboard.tiles import declared_tiles, silent_reason
from serving.errors import VersionError
from serving.figures import VALUE_STATUSES, Check, Figures, Metric, Value, all_metrics, begun, read_figures
from serving.manifest import DATABASE, read_manifest
from serving.reader import connect
from serving.scorecard import COLUMNS, scorecard
from sources.common.limits import Limits

FOLDER = Path(__file__).parent
VENDOR = FOLDER / "vendor"
LIBRARIES = (VENDOR / "echarts" / "echarts.min.js", VENDOR / "fflate" / "fflate.min.js")
SHOWN_CHECKS = 50
UNALLOCATED = "unallocated_cost_share"  # a metric that shows how complete cost is
SECTIONS: dict[Section, tuple[str, str]] = {
    Section.answer: ("The answer", "What the delivered work achieved"),
    Section.outcomes: ("Outcomes", "What changed for customers and the business"),
    Section.money: ("Money", "What it cost, against budget, and what came back"),
    Section.sources: ("Where it comes from", "Initiatives and what they delivered"),
    Section.todo: ("What to do", "Work without value, goals that need attention, and wins"),
    Section.shift: ("The shift", "From output to outcomes"),
}
# What each decision is, who takes it, and what happens without it.
DECISIONS: dict[Decision, tuple[str, str]] = {
    Decision.stop: (
        "Stop or change",
        "The team that owns this work decides whether to go on with its kind. Without a decision, the next plan pays "
        "for more of it.",
    ),
    Decision.link: (
        "Link to a goal",
        "The team says which goal its work serves. Without that, its value can't be told.",
    ),
    Decision.review: (
        "Review these goals",
        "The goal's owner decides: more effort, another way, or another target. Without a decision, it ends as it "
        "stands.",
    ),
    Decision.measure: (
        "Make measurable",
        "The goal's owner adds what it lacks. Without that, work for it can't be judged.",
    ),
    Decision.celebrate: (
        "Celebrate",
        "Whoever leads the team says so in front of others. Otherwise people may never hear that their work succeeded.",
    ),
}
TRUST = "trust"  # the section that the template draws itself
# where a page says how the last refresh ended, and the macro of state.html.j2 that does
STATE = {
    "<!-- state: banner -->": "banner_section",
    "<!-- state: note -->": "note_line",
    "<!-- state: next_step -->": "next_step_line",
    "<!-- state: last_refresh -->": "last_refresh_term",
}
FOLDED = (*(section for section in SECTIONS if section is not Section.answer), TRUST)


def version_context(folder: Path, limits: Limits | None = None) -> dict[str, Any]:
    """The data of the page of the version in `folder`. Raises VersionError or ReadError when it can't be read."""
    manifest = read_manifest(folder)
    try:
        as_of = datetime.fromisoformat(str(manifest.get("as_of"))).date()
    except ValueError as error:
        raise VersionError(
            f"its as_of {manifest.get('as_of')!r} is not a date.", str(folder), "run `outcomes refresh`."
        ) from error
    places = words.places(str(manifest.get("reporting_currency") or ""))
    try:
        with connect(folder / DATABASE, limits) as connection:
            figures = read_figures(connection, str(manifest.get("refresh_id")))
            metrics = _with_redefinitions(all_metrics(connection), begun(connection))
            tiles = tuple(str(name) for name in manifest.get("tiles") or ())
            labels = {metric.name: metric.label for metric in metrics if metric.name in tiles}
            drawn = with_tiles(charts(), labels)
            carried = carry(connection, drawn, as_of, {metric.name: metric.unit for metric in metrics}, places)
            carried.left_out |= {
                f"tile {name}": "the version has no such metric" for name in tiles if name not in labels
            }
            judged = judged_periods(connection)
    except duckdb.Error as error:
        raise VersionError(
            f"its page can't be drawn ({error}).", str(folder), "run `outcomes refresh`, or serve another version."
        ) from error
    return _context(manifest, figures, metrics, carried, drawn, judged)


def _with_redefinitions(metrics: list[Metric], first: date | None) -> list[Metric]:
    """The metrics, `since` only where figures were published before: no reader has seen those of an older definition
    where the `first` refresh came after it."""
    return [
        replace(metric, since=None) if first and metric.since and metric.since <= first else metric
        for metric in metrics
    ]


def render(context: dict[str, Any]) -> str:
    """The page as HTML text; without a `manifest` in the context it says that nothing was published yet."""
    manifest: Mapping[str, Any] = context.get("manifest") or {}
    css = (FOLDER / "page.css").read_text(encoding="utf-8")
    library = "\n".join(path.read_text(encoding="utf-8") for path in LIBRARIES) if "data" in context else ""
    environment = _environment(words.locale_of(manifest), words.date_format_of(manifest))
    return environment.get_template("page.html.j2").render(
        context,
        css=Markup(css),
        library=Markup(library),
        script=Markup(script()),
        policy=content_policy(css, library, script()),
        check_words=words.CHECK_WORDS,
        limit=SHOWN_CHECKS,
    )


def has_places(page: str) -> bool:
    """Whether a page has the places that `with_state` fills: one of an older release has none."""
    return next(iter(STATE)) in page


def with_state(page: str, state: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """A page that also says how the last refresh ended.

    `state`: banner (content of the banner, or None), notes (pairs of a text and a command), last (a text, or None).
    Without it, nothing is said.
    """
    environment = _environment(words.locale_of(manifest), words.date_format_of(manifest))
    said = {**state, "manifest": manifest, "check_words": words.CHECK_WORDS}
    macros = environment.get_template("state.html.j2").make_module(said)
    for place, macro in STATE.items():
        page = page.replace(place, str(getattr(macros, macro)()), 1)
    return page


def content_policy(css: str, *scripts: str) -> str:
    """The page's Content-Security-Policy: only this inline style and these inline scripts."""
    allowed = " ".join(_hash(script) for script in scripts if script) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(css)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def number_format(locale: str, currency: str) -> dict[str, Any]:
    """Number formats for the page's script, as in `words`: separators, prefixes and suffixes."""
    symbols = Locale.parse(locale).number_symbols["latn"]
    money = partial(words.money, currency=currency)
    styles: dict[str, dict[str, Any]] = {
        name: {
            "around": _around(words.share if style.shift else words.number, locale, 88.0),
            "places": [style.least, style.most],
            "shift": style.shift,
            "signed": style.signed,
            "small": style.small,
        }
        for name, style in words.STYLES.items()
    }
    styles[words.MONEY] = {
        "around": _around(money, locale, 88.0),
        "places": [words.places(currency)] * 2,
        "large": {"around": _around(money, locale, 8888.0), "places": [0, 0]},
    }
    return {
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "groups": _groups(words.number(1_000_000_000, locale)),
        "styles": styles,
    }


def newest_loads(loads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest load of each source and feed (load ids sort by age), by source and feed."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for load in sorted(loads, key=lambda load: str(load.get("load_id", ""))):
        newest[str(load.get("source", "")), str(load.get("feed", ""))] = load
    return [newest[key] for key in sorted(newest)]


def _context(
    manifest: dict[str, Any],
    figures: Figures,
    metrics: list[Metric],
    carried: Carried,
    drawn: tuple[Chart, ...],
    judged: set[tuple[str, date | None]],
) -> dict[str, Any]:
    currency, locale = str(manifest.get("reporting_currency") or ""), words.locale_of(manifest)
    pattern = words.date_format_of(manifest)
    shown = [chart for chart in drawn if chart.name in carried.charts]
    loads = [_load(load, manifest.get("as_of"), locale, pattern) for load in newest_loads(manifest.get("loads") or [])]
    feeds = {str(load.get("feed")) for load in loads}
    scored, silent = scorecard(figures.scores, currency, feeds, locale)
    return {
        "title": manifest.get("title") or manifest.get("portfolio") or "Portfolio",
        "manifest": manifest,
        "known": _known(manifest, locale, pattern),
        "scorecard": {"columns": COLUMNS, "lines": scored, "silent": silent},
        "sections": [
            (section, *headings, [chart for chart in shown if chart.section is section])
            for section, headings in SECTIONS.items()
        ],
        "decisions": DECISIONS,
        "no_panel": NO_PANEL,
        "detail": [chart for chart in shown if chart.section is Section.initiative],
        "metrics": _newest(metrics),
        "loads": loads,
        "has_sources": len({load.get("source") for load in loads}) > 1,
        "check_counts": _check_counts(figures.checks),
        "open_checks": [check for check in figures.checks if check.is_open],
        "left_out": sorted(carried.left_out.items()),
        "shares": _shares(manifest, figures),
        "trusted": _trusted(figures.checks),
        "fingerprints": {
            name.replace("_", " "): value
            for name, value in manifest.items()
            if name.endswith("fingerprint") and isinstance(value, str)
        },
        "data": Markup(
            htmlsafe_json_dumps(
                _data(manifest, metrics, carried, shown, judged, feeds, figures.checks),
                ensure_ascii=False,
                separators=(",", ":"),
            )
        ),
    }


def _data(
    manifest: Mapping[str, Any],
    metrics: list[Metric],
    carried: Carried,
    shown: list[Chart],
    judged: set[tuple[str, date | None]],
    feeds: set[str],
    checks: list[Check],
) -> dict[str, Any]:
    """The script's data: number formats, filter choices, and every chart's rows."""
    warned = [check for check in checks if check.metrics]
    locale, pattern = words.locale_of(manifest), words.date_format_of(manifest)
    periods = [
        [
            period.key,
            period.grain,
            words.period(period.start, period.end, locale),
            None if period.start is None else carried.days[period.start],
            None if period.end is None else carried.days[period.end],
            int(period.is_partial),
            period.compared,
        ]
        for period in carried.periods
    ]
    return {
        "format": number_format(locale, str(manifest.get("reporting_currency") or "")),
        "portfolio": manifest.get("portfolio"),
        "good": (manifest.get("settings") or {}).get("success_band_good"),
        "days": [[day.isoformat(), words.day(day.isoformat(), locale, pattern)] for day in carried.days],
        "periods": periods,
        "months": [words.month(month, locale) for month in range(1, 13)],
        "opens": default_period(carried.periods, judged),
        "members": [[dimension, identifier, name] for dimension, _, identifier, name in carried.members],
        "metrics": {
            metric.name: {
                "unit": words.unit_style(metric.unit),
                "label": metric.label,
                "least": metric.minimum_n,
                "most": metric.valid_max,
                "since": metric.since and metric.since.isoformat(),
                "silent": silent_reason(metric, feeds),
                "warned": [place for place, check in enumerate(warned) if metric.name in check.metrics],
            }
            for metric in sorted(_newest(metrics), key=lambda metric: metric.kind != "outcome")
        },
        "charts": [
            {
                "name": chart.name,
                "section": chart.section,
                "kind": chart.kind,
                "title": chart.title,
                "missing": chart.missing,
                "few": chart.few,
                "below": chart.below,
                "needs": chart.needs and chart.needs.model_dump(),
                "metric": chart.metric,
                "compare": chart.compare and chart.compare.dimension,
                "encoding": chart.encoding,
                "sources": chart.reads,
                "finding": chart.finding,
                "narrows": chart.narrows and chart.narrows.model_dump(),
                "chooses": chart.chooses and chart.chooses.model_dump(),
                "evidence": chart.evidence,
                "measured": chart.measured,
                "first": chart.first,
                "sort": chart.sort,
                "show": chart.rows,
                "shown": {
                    name: column.model_dump(exclude_defaults=True, mode="json")
                    for name, column in chart.columns.items()
                },
                **carried.charts[chart.name],
            }
            for chart in shown
        ],
        "warnings": [_warning(check) for check in warned],
        "words": words.STATUS_WORDS,
        "statuses": value_statuses(),
        "notes": manifest.get("notes") or [],
        "sections": FOLDED,
        "tiles": [tile.model_dump() for tile in declared_tiles(manifest, shown)],
    }


def _warning(check: Check) -> str:
    """A check that warned, and what it found."""
    found = check.observed or words.plural(check.failing_rows or 0, "failing row")
    return f"{words.of_code(check.name)}, {found}"


def value_statuses() -> dict[str, dict[str, Any]]:
    """{value status in words: its meaning, its phrases for one and for many}."""
    return {
        words.of_code(name): {
            "meaning": status.meaning,
            "one": status.one,
            "many": status.many,
        }
        for name, status in VALUE_STATUSES.items()
    }


def _newest(metrics: list[Metric]) -> list[Metric]:
    newest = {metric.name: metric for metric in sorted(metrics, key=lambda metric: metric.version)}
    return sorted(newest.values(), key=lambda metric: (metric.label.lower(), metric.name))


def _known(manifest: Mapping[str, Any], locale: str, pattern: str) -> str | None:
    """The note on the page of a point-in-time version; empty for any other."""
    if not manifest.get("observed_by"):
        return None
    day = words.day(manifest.get("as_of"), locale, pattern)
    if manifest.get("reconstructed"):
        return f"Point in time {day}, reconstructed from loads landed later."
    return f"Point in time {day}, from the loads landed by then."


def _load(load: dict[str, Any], as_of: str | None, locale: str, pattern: str) -> dict[str, Any]:
    observed, now = words.instant(load.get("observed_at")), words.instant(as_of)
    age = words.age(now - observed) if observed and now and now - observed >= timedelta(hours=1) else None
    return load | {"observed": words.minute(load.get("observed_at"), locale, pattern), "age": age}


def _check_counts(checks: list[Check]) -> list[tuple[str, int]]:
    """(words, number) of the statuses, passed, warned and failed always among them."""
    counts: dict[str, int] = {"passed": 0, "warned": 0, "failed": 0}
    for check in checks:
        counts[check.status] = counts.get(check.status, 0) + 1
    return [(words.CHECK_WORDS.get(status, status), count) for status, count in counts.items()]


def _trusted(checks: list[Check]) -> str:
    """What the folded section says of the checks."""
    told = [f"{words.number(count)} {status}" for status, count in _check_counts(checks)]
    return f"Checks: {', '.join(told)}."


def _shares(manifest: Mapping[str, Any], figures: Figures) -> list[tuple[str, str]]:
    """(label, value): the share of rows rejected in the loads in use, and of cost that isn't allocated to work."""
    # a version of an earlier release doesn't say which loads are in use
    loads = [load for load in manifest.get("loads") or [] if load.get("is_in_use", True)]
    records, turned = (
        sum(load[name] for load in loads if isinstance(load.get(name), int))
        for name in ("landed_rows", "quarantined_rows")
    )
    locale, currency = words.locale_of(manifest), str(manifest.get("reporting_currency") or "")
    found: list[tuple[str, str]] = []
    if records + turned:
        found.append(
            (
                "Records rejected at landing",
                f"{words.share(turned / (records + turned), locale)} ({words.plural(turned, 'record')})",
            )
        )
    for score in figures.scores:
        if score.metric.name == UNALLOCATED:
            found.append((score.metric.label, _figure(score.values.get("all"), score.metric.unit, currency, locale)))
    return found


def _figure(value: Value | None, unit: str | None, currency: str, locale: str) -> str:
    """A figure, with its status unless that is `measured`."""
    if value is None or value.value is None:
        return words.NOT_MEASURED
    status = "" if value.status == "measured" else f" ({words.STATUS_WORDS.get(value.status, value.status)})"
    return words.quantity(value.value, unit, currency, locale) + status


def _around(write: Any, locale: str, sample: float) -> list[str]:
    """The prefix and suffix of a positive number, and of a negative one."""
    found: list[str] = []
    for value in (sample, -sample):
        digits = re.fullmatch(r"(\D*)(\d.*\d|\d)(\D*)", write(value, locale=locale))
        found += [digits[1], digits[3]] if digits else ["", ""]
    return found


def _groups(text: str) -> list[int]:
    """The number of digits in the last group and in the other groups of 1,000,000,000."""
    parts = re.split(r"\D+", text.strip())
    return [len(parts[-1]), len(parts[-2])] if len(parts) > 1 else [0, 0]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def breakable(text: str) -> Markup:
    """`text`, escaped, with possible line breaks after underscores and dots."""
    return Markup("<wbr>").join(re.split(r"(?<=[_.])", text))


def coded(text: str) -> Markup:
    """`text`, escaped, with text in backticks as code."""
    parts = [
        Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in enumerate(text.split("`"))
    ]
    return Markup("").join(parts)


@cache
@cache
def _environment(locale: str, pattern: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = environment.filters
    filters |= {
        "number": partial(words.number, locale=locale),
        "plural": words.plural,
        "day": partial(words.day, locale=locale, pattern=pattern),
        "minute": partial(words.minute, locale=locale, pattern=pattern),
        "size": words.size,
        "breakable": breakable,
        "coded": coded,
    }
    return environment
