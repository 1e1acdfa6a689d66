"""The digest of a published version, in Markdown and HTML: key figures, what changed, wins, what needs a decision, how
old data is.

Nothing is computed: lists are those of the page's charts (their query, title, labels and units), changes are rows of
`metrics.fct_metric_comparisons`, and metrics are those of the scorecard; key figures are the page's tiles.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

from serving import words
from serving.dashboard.assembly import newest_loads
from serving.dashboard.declared import Chart, Column, charts
from serving.dashboard.embedded import relations
from serving.dashboard.tiles import Shown, tiles_of
from serving.errors import VersionError
from serving.figures import checks, latest_values, newest_metrics
from serving.manifest import DATABASE, read_manifest
from serving.reader import connect

WINS = "wins_to_celebrate"
DECISIONS = ("goals_behind", "no_value")
ROWS = 5  # of a list
GRAIN = "quarter"  # the period whose changes are told
# what begins markup anywhere, and what begins a heading or a list in front
SPECIAL = re.compile(r"[\\`*<>\[\]|~&]|(?<!\w)_|_(?!\w)|^[#+=-]")
NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")  # would begin a list

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Digest:
    """A digest: its subject, and its text as Markdown and as HTML."""

    subject: str
    markdown: str
    html: str


@dataclass(frozen=True)
class Listed:
    """A chart as a list: its title, or the sentence where there is nothing, and how many rows more there are."""

    title: str
    lines: Sequence[str]
    count: int

    @property
    def more(self) -> int:
        """Rows that are not listed."""
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Writer:
    """How a version writes its figures."""

    currency: str
    locale: str
    pattern: str

    def value(self, value: object, column: Column) -> str:
        """A value of a chart's column."""
        if value is None:
            return column.none
        if isinstance(value, date):
            return words.day(value.isoformat(), self.locale, self.pattern)
        if isinstance(value, str):
            return words.of_code(value) if column.unit == "code" else value
        return words.quantity(float(str(value)), self.unit(column), self.currency, self.locale)

    def unit(self, column: Column) -> str:
        """The unit of a chart's column, as `words` names it."""
        return self.currency if column.unit == "money" else column.unit


def digest_of(folder: Path, page: str) -> Digest:
    """The digest of the version in `folder`; `page` is where people open the page.

    Raises VersionError or ReadError when it can't be read.
    """
    manifest = read_manifest(folder)
    writer = Writer(
        str(manifest.get("reporting_currency") or ""),
        words.locale_of(manifest),
        words.date_format_of(manifest),
    )
    as_of = datetime.fromisoformat(str(manifest["as_of"]))
    try:
        with connect(folder / DATABASE) as connection:
            relations(connection, as_of.date(), {})
            changes = _changes(connection, writer)
            listed = {name: _listed(connection, name, writer) for name in (WINS, *DECISIONS)}
            open_checks = [check for check in checks(connection, str(manifest.get("refresh_id"))) if check.is_open]
    except duckdb.Error as error:
        raise VersionError(f"its digest can't be written ({error}).", str(folder), "run `outcomes refresh`.") from error
    title = str(manifest.get("title") or manifest.get("portfolio"))
    behind = listed[DECISIONS[0]].count
    markdown = _template().render(
        title=title,
        figures=[_figure(tile) for tile in tiles_of(folder).shown],
        as_of=words.day(as_of.isoformat(), writer.locale, writer.pattern),
        page=page,
        generated=bool(manifest.get("generated")),
        changes=changes,
        wins=listed[WINS],
        decisions=[listed[name] for name in DECISIONS],
        ages=_ages(manifest, as_of, writer),
        open_checks=[check.name for check in open_checks],
    )
    subject = (
        f"{title}: {words.plural(len(changes), 'significant change')}, {words.plural(listed[WINS].count, 'win')}, "
        f"{words.plural(behind, 'goal')} to look at"
    )
    return Digest(subject, markdown, _page(subject, markdown))


def _figure(tile: Shown) -> str:
    """A key figure of the page in one line."""
    parts = [tile.change, *tile.note.split(" · "), "a check warned" if tile.warned else ""]
    return " · ".join([f"{tile.label}: {tile.amount} ({tile.period})", *(part for part in parts if part)])


def _changes(connection: duckdb.DuckDBPyConnection, writer: Writer) -> list[str]:
    """Each metric whose total changed significantly in its latest complete quarter, against which value."""
    latest = latest_values(connection)
    metrics = {metric.name: metric for metric in newest_metrics(connection)}
    rows = connection.execute(
        """
        select metric_name, metric_version, period_start, value, compared_value, compared_with, verdict
        from metrics.fct_metric_comparisons
        where grain = ? and dimension_name = 'total' and verdict in ('better', 'worse')
        order by verdict, adjusted_p_value, metric_name
        """,
        [GRAIN],
    ).fetchall()
    found: list[str] = []
    for name, version, start, value, before, compared_with, verdict in rows:
        metric, total = metrics[name], latest.get(name, {}).get(GRAIN)
        if total is None or total.period_start != start or metric.version != version:
            continue
        now, then = (words.quantity(x, metric.unit, writer.currency, writer.locale) for x in (value, before))
        when = words.period(total.period_start, total.period_end, writer.locale)
        earlier = {"year_before": "a year before", "period_before": "the quarter before"}[compared_with]
        found.append(f"{metric.label}: {now} in {when}, {verdict} than {then} {earlier}")
    return found


def _listed(connection: duckdb.DuckDBPyConnection, name: str, writer: Writer) -> Listed:
    """The rows of a chart over all time and for the whole portfolio."""
    chart = _chart(name)
    rows = [row for row in _rows(connection, chart) if row.get("grain", "all") == "all" and not row.get("member_key")]
    if not rows:
        is_known = chart.needs is None or bool(_rows(connection, _chart(chart.needs.chart)))
        said = chart.missing if is_known or chart.needs is None else chart.needs.missing
        return Listed(_over_all_time(said), [], 0)
    if name == WINS:  # the newest first
        rows.sort(key=lambda row: (row["delivery_date"] is not None, row["delivery_date"]), reverse=True)
    return Listed(_over_all_time(chart.title), [_line(row, chart, writer) for row in rows[:ROWS]], len(rows))


def _rows(connection: duckdb.DuckDBPyConnection, chart: Chart) -> list[Row]:
    result = connection.execute(chart.query)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _chart(name: str) -> Chart:
    return next(chart for chart in charts() if chart.name == name)


def _over_all_time(text: str) -> str:
    return text.replace(" {during}", "").replace("{during}", "over all time")


def _line(row: Row, chart: Chart, writer: Writer) -> str:
    """One row: its first column, then the others that have a value, by label."""
    hidden = {chart.encoding.get("open"), chart.encoding.get("celebrated")}
    shown = [(name, column) for name, column in chart.columns.items() if column.label and name not in hidden]
    (first, named), *others = shown
    parts = [f"{column.label}: {writer.value(row[name], column)}" for name, column in others if row[name] is not None]
    return " · ".join([writer.value(row[first], named), *parts])


def _ages(manifest: Mapping[str, Any], as_of: datetime, writer: Writer) -> list[str]:
    """When each source last showed something, against the as-of moment; the oldest first."""
    newest: dict[str, datetime] = {}
    for load in newest_loads(list(manifest.get("loads") or [])):
        if (seen := words.instant(load.get("observed_at"))) is not None and not str(load["source"]).startswith("_"):
            newest[str(load["source"])] = max(seen, newest.get(str(load["source"]), seen))
    return [
        f"{source}: {words.day(seen.isoformat(), writer.locale, writer.pattern)}"
        + (f", {words.age(as_of - seen)} before these figures" if as_of - seen >= timedelta(days=1) else "")
        for source, seen in sorted(newest.items(), key=lambda item: item[1])
    ]


def escaped(text: str) -> str:
    """A text in one line in which Markdown sees no markup."""
    return NUMBERED.sub(r"\1\\\2", SPECIAL.sub(r"\\\g<0>", " ".join(text.split())))


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["escaped"] = escaped
    return environment.get_template("digest.md.j2")


def _page(title: str, markdown: str) -> str:
    """Markdown as a page that loads nothing."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True
    )
    body = MarkdownIt("commonmark", {"html": False}).render(markdown)
    return environment.get_template("digest.html.j2").render(title=title, body=body)
