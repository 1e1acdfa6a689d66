"""The page's tiles without a page: each as data and as a picture, for wikis and mail, the digest and Superset.

A tile's figure is that of the page when it is opened: of the whole portfolio, in the period on which the page opens. A
test holds both against each other.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from serving import words
from serving.dashboard.declared import Chart, Kind, Tile, charts, with_tiles
from serving.dashboard.embedded import Period, default_period, judged_periods, periods, relations
from serving.errors import VersionError
from serving.figures import Metric, all_metrics, checks
from serving.manifest import DATABASE, read_manifest
from serving.reader import connect
from serving.scorecard import lacking
from sources.common import disk

FOLDER = Path(__file__).parent
LEAST = 6  # tiles, where as many metrics are measured
FINER = ("all", "fiscal_year", "quarter", "month")
SHOWN = ("measured", "incomplete")
VERDICTS = {"better": "better than", "worse": "worse than", "no_clear_change": "no clear change from"}
WIDTH, HEIGHT = 320, 132  # of a picture
LINE_FROM, LINE_TO = (16, 84), (304, 112)  # corners of its line


@dataclass(frozen=True)
class Point:
    """A metric's figure in one period; `value` is None where none may be shown."""

    period: str
    grain: str
    start: date | None
    value: float | None
    status: str


@dataclass(frozen=True)
class Shown:
    """A tile as it is read: exact figures, and the same in words."""

    metric: str
    label: str
    unit: str | None
    period: str
    value: float | None
    status: str
    n: int | None
    lower: float | None
    upper: float | None
    targets: tuple[float, ...]
    amount: str
    change: str
    note: str
    warned: bool
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Tiles:
    """A version's tiles, with its title and as-of day."""

    title: str
    as_of: str
    shown: tuple[Shown, ...]


def tiles_of(folder: Path, *, every: bool = False) -> Tiles:
    """The tiles of the version in `folder`; with `every`, then one of each other metric that has a chart and a figure.

    Raises VersionError or ReadError when it can't be read.
    """
    manifest = read_manifest(folder)
    try:
        with connect(folder / DATABASE) as connection:
            as_of = datetime.fromisoformat(str(manifest["as_of"]))
            relations(connection, as_of.date(), {})
            metrics = {metric.name: metric for metric in all_metrics(connection)}
            labels = {name: metrics[name].label for name in map(str, manifest.get("tiles") or ()) if name in metrics}
            drawn = [chart for chart in with_tiles(charts(), labels) if chart.metric is None or chart.metric in metrics]
            warned = {
                metric for check in checks(connection, str(manifest.get("refresh_id"))) for metric in check.metrics
            }
            known = periods(connection)
            reader = _Reader(connection, manifest, metrics, warned, known, judged_periods(connection))
            found = tuple(reader.read(chart, beside) for chart, beside in reader.chosen(drawn, every=every))
    except duckdb.Error as error:
        raise VersionError(f"its tiles can't be read ({error}).", str(folder), "run `outcomes refresh`.") from error
    title = str(manifest.get("title") or manifest.get("portfolio"))
    pattern, locale = words.date_format_of(manifest), words.locale_of(manifest)
    return Tiles(title, words.day(as_of.isoformat(), locale, pattern), found)


def write_tiles(folder: Path, into: Path) -> list[Path]:
    """Write each metric that has a chart and a figure as `METRIC.svg` and `METRIC.json` into a folder; their paths.

    The tiles of the version in `folder` come first.

    Raises VersionError, ReadError or OSError.
    """
    tiles = tiles_of(folder, every=True)
    into.mkdir(parents=True, exist_ok=True)
    template = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined).get_template(
        "tile.svg.j2"
    )
    written: list[Path] = []
    for tile in tiles.shown:
        said = {"portfolio": tiles.title, "as_of": tiles.as_of, **asdict(tile)}
        drawing = template.render(tile=tile, tiles=tiles, line=line_of(tile), width=WIDTH, height=HEIGHT)
        for ending, text in (("svg", drawing), ("json", json.dumps(said, default=str, ensure_ascii=False, indent=2))):
            path = into / f"{tile.metric}.{ending}"
            disk.write(path, f"{text}\n")
            written.append(path)
    return written


def declared_tiles(manifest: Mapping[str, Any], shown: Iterable[Chart]) -> list[Tile]:
    """The tiles that the portfolio chose, else those of the chart's file."""
    chosen = [Tile(metrics=[str(name)]) for name in manifest.get("tiles") or ()]
    return chosen or [tile for chart in shown for tile in chart.tiles]


def silent_reason(metric: Metric, feeds: Collection[str]) -> str:
    """Why a tile has no figure of a metric."""
    missing = [words.of_code(feed) for feed in lacking(metric.feeds, feeds)]
    return f"needs data on {', '.join(missing)}" if missing else "too little in its data"


def line_of(tile: Shown) -> dict[str, Any]:
    """A tile's line as coordinates: its unbroken `parts`, and the height of each of its `targets` that is in sight."""
    values = [point.value for point in tile.points]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return {"parts": [], "targets": []}
    least, most = min(known), max(known)
    (left, top), (right, bottom) = LINE_FROM, LINE_TO

    def height(value: float) -> float:
        return round(bottom - (bottom - top) * (value - least) / (most - least), 1) if most > least else bottom

    parts: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            parts.append([])
        else:
            parts[-1].append(f"{left + (right - left) * place / (len(values) - 1):.1f},{height(value)}")
    return {
        "parts": [part for part in parts if part],
        "targets": [height(target) for target in tile.targets if least <= target <= most],
    }


class _Reader:
    """Reads tiles of one version."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        manifest: Mapping[str, Any],
        metrics: Mapping[str, Metric],
        warned: set[str],
        known: list[Period],
        judged: set[tuple[str, date | None]],
    ) -> None:
        self.connection, self.manifest, self.metrics, self.warned = connection, manifest, metrics, warned
        self.periods = known
        self.opens = known[default_period(known, judged)]
        self.feeds = {str(load.get("feed")) for load in manifest.get("loads") or []}
        self.places = {(period.grain, period.start): period for period in known}
        self.rows: dict[str, dict[tuple[str, date | None], dict[str, Any]]] = {}

    def chosen(self, drawn: list[Chart], *, every: bool) -> list[tuple[Chart, str | None]]:
        """The charts that have a tile, each with the metric whose figure is beside it; with `every`, all others too."""
        trends = [chart for chart in drawn if chart.kind is Kind.trend]
        by_metric: dict[str | None, Chart] = {}
        for chart in trends:
            by_metric.setdefault(chart.metric, chart)
        shown: list[tuple[Chart, str | None]] = []
        for tile in declared_tiles(self.manifest, drawn):
            measured = [by_metric[name] for name in tile.metrics if name in by_metric and self.is_measured(name)]
            shown += [(chart, tile.beside) for chart in measured[:1]]
        taken = {chart.name for chart, _ in shown}
        others = [chart for chart in trends if chart.name not in taken and self.is_measured(str(chart.metric))]
        return shown + [(chart, None) for chart in others[: None if every else max(0, LEAST - len(shown))]]

    def of(self, metric: str) -> dict[tuple[str, date | None], dict[str, Any]]:
        """A metric's rows of the whole portfolio by grain and first day."""
        if metric not in self.rows:
            result = self.connection.execute(
                "from trends where metric_name = ? and dimension_name = 'total' and grain in ?", [metric, list(FINER)]
            )
            names = [column[0] for column in result.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
            self.rows[metric] = {(row["grain"], row["period_start"]): row for row in rows}
        return self.rows[metric]

    def is_measured(self, metric: str) -> bool:
        """Whether it has a figure in any period, even from too small a sample."""
        return any(_has_figure(row) for row in self.of(metric).values())

    def read(self, chart: Chart, beside: str | None) -> Shown:
        """The tile of a chart."""
        name = str(chart.metric)
        metric, row, period = self.metrics[name], *self.row(name)
        status = row["status"] if row else "not_measured"
        value = row["value"] if row and status in SHOWN and _has_figure(row) else None
        silent = status if row and _has_figure(row) else "not_measured"
        targets = tuple(map(float, row["targets"] or ())) if row else ()
        is_own = row is not None and period == self.opens
        return Shown(
            metric=name,
            label=metric.label,
            unit=metric.unit,
            period=self.period(period),
            value=None if value is None else float(value),
            status=status,
            n=row["n"] if row else None,
            lower=row["lower"] if row and value is not None else None,
            upper=row["upper"] if row and value is not None else None,
            targets=targets,
            amount=words.STATUS_WORDS[silent] if value is None else self.write(value, metric),
            change=self.change(name, row) if is_own else "",
            note=self.note(metric, row, period, targets, beside),
            warned=name in self.warned,
            points=tuple(self.points(name, row)),
        )

    def row(self, metric: str) -> tuple[dict[str, Any] | None, Period]:
        """The row of the period on which the page opens; where there is none, that of the latest shorter one inside."""
        rows, opens = self.of(metric), self.opens
        if (opens.grain, opens.start) in rows:
            return rows[opens.grain, opens.start], opens
        for grain in FINER[FINER.index(opens.grain) + 1 :]:
            for period in self.periods:  # the newest first
                row = rows.get((grain, period.start)) if period.grain == grain else None
                if row is not None and row["value"] is not None and _within(period, opens):
                    return row, period
        if all(grain == "all" for grain, _ in rows):
            return rows.get(("all", None)), self.places["all", None]
        return None, opens

    def change(self, metric: str, row: dict[str, Any] | None) -> str:
        """Whether it changed, where that is tested; else the figure of the period that it is compared with."""
        if row is None:
            return ""
        if row["verdict"] is not None:
            return f"{VERDICTS[row['verdict']]} the {words.of_code(row['compared_with'])}"
        if row["status"] != "measured" or self.opens.compared is None:
            return ""
        before = self.periods[self.opens.compared]
        then = self.of(metric).get((before.grain, before.start))
        if then is None or then["status"] != "measured" or then["value"] is None or self.opens.start is None:
            return ""
        is_year = before.start is not None and self.opens.start.replace(year=before.start.year) == before.start
        return f"{'year' if is_year else 'period'} before: {self.write(then['value'], self.metrics[metric])}"

    def note(
        self,
        metric: Metric,
        row: dict[str, Any] | None,
        period: Period,
        targets: tuple[float, ...],
        beside: str | None,
    ) -> str:
        """Its period where that isn't the page's, an incomplete figure, targets, and what belongs to it."""
        label = self.period(period)
        also = self.row(beside)[0] if beside is not None and beside in self.metrics else None
        parts = [
            "" if period == self.opens else label[:1].upper() + label[1:],
            words.STATUS_WORDS["incomplete"] if row and row["status"] == "incomplete" else "",
            f"target {' and '.join(self.write(target, metric) for target in targets)}" if targets else "",
        ]
        if beside and also and also["status"] in SHOWN and also["value"] is not None:
            parts.append(f"{self.metrics[beside].label}: {self.write(also['value'], self.metrics[beside])}")
        if row is None or not _has_figure(row):
            parts.append(silent_reason(metric, self.feeds))
        elif row["status"] == "insufficient_sample":
            needed = f", {words.number(metric.minimum_n)} needed" if metric.minimum_n else ""
            parts.append(f"n = {words.number(row['n'] or 0)}{needed}")
        return " · ".join(part for part in parts if part)

    def points(self, metric: str, row: dict[str, Any] | None) -> list[Point]:
        """Its line: by months where a month is shown, else by quarters, else by years."""
        rows = self.of(metric)
        is_month = "month" in (self.opens.grain, row["grain"] if row else None)
        for grain in ("month", "quarter", "fiscal_year") if is_month else ("quarter", "month", "fiscal_year"):
            known = [period for period in reversed(self.periods) if period.grain == grain]
            found = [(period, rows[grain, period.start]) for period in known if (grain, period.start) in rows]
            first = next((place for place, (_, one) in enumerate(found) if one["value"] is not None), None)
            if first is not None:
                return [self.point(period, one) for period, one in found[first:]]
        return []

    def point(self, period: Period, row: dict[str, Any]) -> Point:
        value = float(row["value"]) if row["status"] in SHOWN and row["value"] is not None else None
        return Point(self.period(period), period.grain, period.start, value, row["status"])

    def period(self, period: Period) -> str:
        return words.period(period.start, period.end, words.locale_of(self.manifest))

    def write(self, value: float, metric: Metric) -> str:
        currency = str(self.manifest.get("reporting_currency") or "")
        return words.quantity(float(value), metric.unit, currency, words.locale_of(self.manifest))


def _has_figure(row: dict[str, Any]) -> bool:
    return row["value"] is not None and row["status"] != "not_measured"


def _within(inner: Period, outer: Period) -> bool:
    if outer.start is None or outer.end is None:
        return True
    return inner.start is not None and inner.end is not None and outer.start <= inner.start and inner.end <= outer.end
