"""The page's data: each chart's query, run on a published version, and packed column by column.

Column names decide which rows the reader's choices show:

- `grain`, `period_start`: the row is about this period (`period_start` NULL: all time);
- `dimension_name`, `member_key`: it is about this member; the whole portfolio is member 0 of `total`;
- `happened_on` (a date, or a list of them): a list shows it in the periods that contain one;
- `runs_from`, `runs_to`: a list shows it in the periods that overlap;
- `team_key`, `product_key`, `objective_key`, `initiative_key` (a key, or a list of keys): a list shows it for these.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, pairwise, repeat
from math import isfinite
from pathlib import Path
from typing import Any

import duckdb

from serving import words
from serving.dashboard.declared import Chart, Kind
from sources.common.sql import literal

RELATIONS = Path(__file__).parent / "relations.sql"
DIMENSIONS = ("team", "product", "objective", "initiative")
# columns that every chart of a metric embeds besides its value, if its query has them
TREND: dict[str, str] = {
    "n": "count",
    "n_excluded": "count",
    "metric_version": "number",
    "status": "text",
    "is_partial": "flag",
    "verdict": "text",
    "compared_with": "code",
}
OF_UNIT = ("lower", "upper", "targets")
DAYS = ("happened_on", "runs_from", "runs_to")

Packed = dict[str, Any]


@dataclass(frozen=True)
class Period:
    """What a reader chooses: a month, a quarter, a fiscal year, or all time (no dates)."""

    key: str
    grain: str
    start: date | None
    end: date | None
    is_partial: bool
    compared: int | None = None


@dataclass
class Carried:
    """The data for the page's script, as JSON values, and the charts that the version can't show: {name: reason}."""

    periods: list[Period] = field(default_factory=list[Period])
    members: list[tuple[str, int, str, str]] = field(default_factory=list[tuple[str, int, str, str]])
    charts: dict[str, Packed] = field(default_factory=dict[str, Packed])
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    days: dict[date, int] = field(default_factory=dict[date, int])


def carry(
    connection: duckdb.DuckDBPyConnection,
    charts: tuple[Chart, ...],
    as_of: date,
    units: dict[str, str | None],
    places: int = 2,
) -> Carried:
    """Run every chart's query on the version behind `connection`. `units`: {metric: its unit} of the version; `places`:
    decimal places of the reporting currency.

    A chart of a metric that the version doesn't have is left out. One whose query fails, for example on a table that an
    older version lacks, is left out and named.
    """
    found = Carried()
    relations(connection, as_of, found.left_out)
    _charted(connection, charts)
    found.periods = periods(connection)
    compared = {chart.compare.dimension: chart.compare.members for chart in charts if chart.compare}
    found.members = members(connection, compared)
    days = {edge for period in found.periods for edge in (period.start, period.end) if edge is not None}
    results: dict[str, tuple[Chart, list[str], list[tuple[Any, ...]]]] = {}
    for chart in charts:
        try:
            result = connection.execute(chart.query)
            columns, rows = [column[0] for column in result.description or []], result.fetchall()
            days |= _days(chart, columns, rows)
        except (duckdb.Error, TypeError) as error:
            found.left_out[chart.name] = str(error).partition("\n")[0]
            continue
        if rows or chart.metric is None or chart.metric in units:
            results[chart.name] = (chart, columns, rows)
    found.days = {day: place for place, day in enumerate(sorted(days))}
    packer = _Packer(found, units, places)
    for name, (chart, columns, rows) in results.items():
        try:
            found.charts[name] = packer.chart(chart, columns, rows)
        except KeyError as error:
            found.left_out[name] = f"its query has no column {error}"
    return found


def relations(connection: duckdb.DuckDBPyConnection, as_of: date, left_out: dict[str, str]) -> None:
    """Create the temporary tables of `relations.sql`; if one fails, the charts that read it are left out."""
    for statement in RELATIONS.read_text(encoding="utf-8").split("\n;\n"):
        if statement.strip():
            try:
                connection.execute(statement.replace("$as_of", f"date '{as_of}'"))
            except duckdb.Error as error:
                left_out.setdefault("work", str(error).partition("\n")[0])


def _charted(connection: duckdb.DuckDBPyConnection, charts: tuple[Chart, ...]) -> None:
    """Create the temporary table `charted`: one row per metric that has a chart of its own."""
    connection.execute("create temp table charted (metric_name varchar)")
    if named := ", ".join(f"({literal(chart.metric)})" for chart in charts if chart.metric):
        connection.execute(f"insert into charted values {named}")


def periods(connection: duckdb.DuckDBPyConnection) -> list[Period]:
    """All time, then fiscal years, quarters and months, newest first, each with its comparison period."""
    try:
        rows = connection.execute(
            """
            select grain, period_start, period_end, is_partial from periods
            order by list_position(['fiscal_year', 'quarter', 'month'], grain), period_start desc
            """
        ).fetchall()
        compared = {
            (grain, start): before
            for grain, start, before in connection.execute(
                """
                select grain, period_start_date, max(compared_period_start_date) from outcomes.value_summary
                where period_start_date is not null group by all
                """
            ).fetchall()
        }
    except duckdb.Error:
        rows, compared = [], {}
    places = {(grain, start): place for place, (grain, start, *_) in enumerate(rows, 1)}
    found = [Period("all", "all", None, None, False)]
    for grain, start, end, is_partial in rows:
        before = compared.get((grain, start))
        key = f"{grain.removeprefix('fiscal_')}-{start:%Y-%m}"
        found.append(Period(key, grain, start, end, bool(is_partial), places.get((grain, before))))
    return found


def members(
    connection: duckdb.DuckDBPyConnection, compared: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, int, str, str]]:
    """(dimension, key, id, name) of the whole portfolio, then of teams, products, objectives and initiatives.

    Members of one name are told apart by their id. The special members (unknown, not applicable, not yet arrived) are
    included if they have data. Last come those that are `compared` on charts and can't be chosen: {dimension: {id:
    name}}.
    """
    found: list[tuple[str, int, str, str]] = [("total", 0, "total", "The whole portfolio")]
    for dimension in DIMENSIONS:
        latest = "" if dimension == "objective" else f"where is_latest or {dimension}_key < 0"
        try:
            rows = connection.execute(
                f"""
                select {dimension}_key, any_value({dimension}_id), any_value({dimension}_name)
                from core.dim_{dimension} {latest}
                group by 1
                order by {dimension}_key < 0, lower(any_value({dimension}_name)), 1
                """
            ).fetchall()
        except duckdb.Error:
            continue
        often = Counter(str(name) for *_, name in rows)
        found.extend(
            (dimension, key, str(identifier), f"{name} ({identifier})" if often[str(name)] > 1 else str(name))
            for key, identifier, name in rows
        )
    for dimension, names in compared.items():
        rows = connection.execute(
            "select distinct member_id, member_key from metrics.fct_metric_values "
            f"where dimension_name = {literal(dimension)}"
        ).fetchall()
        keys: dict[str, int] = dict(rows)
        found.extend(
            (dimension, keys[identifier], identifier, names[identifier]) for identifier in names if identifier in keys
        )
    return found


class _Packer:
    """Packs columns: a repeated text, a day, a period and a member each become an index into a list."""

    def __init__(self, carried: Carried, units: dict[str, str | None], places: int = 2) -> None:
        self.periods = {(period.grain, period.start): place for place, period in enumerate(carried.periods)}
        self.members = {(dimension, key): place for place, (dimension, key, *_) in enumerate(carried.members)}
        self.days = carried.days
        self.units = units
        self.places = places

    def chart(self, chart: Chart, columns: list[str], rows: list[tuple[Any, ...]]) -> Packed:
        """A chart's rows, packed. Raises KeyError for a column that its file names but its query lacks."""
        at = {name: place for place, name in enumerate(columns)}
        follows = [pair for pair in (("grain", "period_start"), ("dimension_name", "member_key")) if pair[0] in at]
        maps = {"grain": self.periods, "dimension_name": self.members}
        kept = [row for row in rows if all((row[at[a]], row[at[b]]) in maps[a] for a, b in follows)]
        # by member and period, so that they form runs; the query's order within these is kept
        kept.sort(key=lambda row: [maps[a][row[at[a]], row[at[b]]] for a, b in reversed(follows)])
        packed: Packed = {}
        for a, b in follows:
            name = "period" if a == "grain" else "member"
            packed[name] = constant([maps[a][row[at[a]], row[at[b]]] for row in kept])
        for name in DAYS:
            if name in at:
                packed[name] = constant([self.day(row[at[name]]) for row in kept])
        for dimension in DIMENSIONS:
            if f"{dimension}_key" in at:
                keys = [row[at[f"{dimension}_key"]] for row in kept]
                packed[dimension] = constant([self.keys(dimension, key) for key in keys])
        for name, unit in self.units_of(chart, at).items():
            packed[name] = self.column([row[at[name]] for row in kept], unit)
        if chart.kind is Kind.scorecard:  # one metric per row, each with its own unit
            units = [self.units.get(row[at[chart.encoding["id"]]]) or "" for row in kept]
            for name in {chart.encoding["value"], *OF_UNIT} & at.keys():
                amounts = [row[at[name]] for row in kept]
                packed[name] = constant(list(map(rounded, amounts, units, repeat(self.places))))
        return {"rows": len(kept), "columns": told_once(packed)}

    def units_of(self, chart: Chart, at: dict[str, int]) -> dict[str, str]:
        """{column: its unit}; a metric's own columns have the metric's unit."""
        found: dict[str, str] = {name: column.unit for name, column in chart.columns.items()}
        if chart.metric is not None:
            value = chart.encoding["value"]
            own = self.units.get(chart.metric) or chart.columns[value].unit
            found |= {value: own} | {name: own for name in OF_UNIT if name in at}
            found |= {name: unit for name, unit in TREND.items() if name in at}
        return found

    def column(self, values: list[Any], unit: str) -> Packed:
        """One column, rounded for display."""
        if unit in ("status", "code"):
            return listed([None if value is None else words.of_code(value) for value in values])
        if unit in ("text", "name"):
            if any(isinstance(value, list) for value in values):
                return constant(values)
            return listed([None if value is None else str(value) for value in values])
        if unit == "link":
            return prefixed([value if str(value).startswith(("http://", "https://")) else None for value in values])
        if unit == "day":
            return constant([self.day(value) for value in values])
        if unit == "flag":
            return constant([None if value is None else int(value) for value in values])
        return constant([self.amount(value, unit) for value in values])

    def amount(self, value: Any, unit: str) -> Any:
        """A number, or each of a list, rounded for display."""
        if isinstance(value, list):
            return [rounded(one, unit, self.places) for one in value]
        return rounded(value, unit, self.places)

    def day(self, value: Any) -> int | list[int] | None:
        places = [self.days[day] for day in _days_in(value)]
        return places if isinstance(value, list) else places[0] if places else None

    def keys(self, dimension: str, key: int | list[int] | None) -> Any:
        if isinstance(key, list):
            return [self.members[dimension, one] for one in key if (dimension, one) in self.members]
        return self.members.get((dimension, key)) if key is not None else None


def rounded(value: Any, unit: str, places: int = 2) -> float | int | None:
    """A number as precise as `words.quantity` writes it; `places`: decimal places of the currency."""
    if value is None or not isfinite(value):
        return None
    number, name = float(value), words.unit_style(unit)
    if name == words.MONEY:
        return round(number) if abs(number) >= 1000 else _whole(round(number, places))
    if name == "number":
        return _whole(float(f"{number:.3g}") if abs(number) < 1 else round(number, 2 if abs(number) < 100 else 1))
    style = words.STYLES.get(name, words.STYLES["count"])
    return _whole(round(number, style.places(number) + style.shift))


def constant(values: list[Any]) -> Packed:
    """A column as {"v": values}, or shorter: {"c": value} where all rows have the same, {"r": [value, how often, …]} in
    runs, {"a": the same of the differences between whole numbers that follow each other}.

    Lists that repeat become places in {"d": distinct lists}.
    """
    if values and all(value == values[0] for value in values):
        return {"c": values[0]}
    if any(isinstance(value, list) for value in values):
        return _listed(values, [tuple(value) if isinstance(value, list) else value for value in values])
    found = {"r": _runs(values)}
    if all(type(value) is int for value in values):
        found["a"] = _runs([after - before for before, after in pairwise([0, *values])])
    way, shortest = min(found.items(), key=lambda one: len(one[1]))
    return {way: shortest} if len(shortest) * 3 < len(values) * 2 else {"v": values}


def _runs(values: list[Any]) -> list[Any]:
    """Value and how often, in turns."""
    return [one for value, same in groupby(values) for one in (value, len(list(same)))]


def listed(values: list[str | None]) -> Packed:
    """Texts; as indices into the distinct ones if most repeat."""
    return constant(values) if len(set(values)) <= 1 else _listed(values, values)


def told_once(columns: dict[str, Packed]) -> dict[str, Packed]:
    """Columns of which one that says the same as an earlier one is {"s": the earlier one's name}."""
    seen: dict[str, str] = {}
    found: dict[str, Packed] = {}
    for name, packed in columns.items():
        first = seen.setdefault(repr(packed), name)
        found[name] = packed if first == name or "c" in packed else {"s": first}
    return found


def _listed(values: list[Any], keys: list[Any]) -> Packed:
    """Values as indices into the distinct ones, if most repeat; `keys` are the values, hashable."""
    first = dict(zip(reversed(keys), reversed(values), strict=True))
    distinct = list(dict.fromkeys(keys))
    if len(distinct) * 2 > len(values):
        return {"v": values}
    places = {key: place for place, key in enumerate(distinct)}
    return {"d": [first[key] for key in distinct], **constant([places[key] for key in keys])}


def prefixed(values: list[str | None]) -> Packed:
    """URLs without their common prefix: {"p": prefix, "v": the rest}."""
    known = [value for value in values if value]
    if not known:
        return {"c": None} if values else {"v": []}
    first, last = min(known), max(known)
    same = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    beginning = first[:same]
    return {"p": beginning, "v": [None if value is None else value[len(beginning) :] for value in values]}


def default_period(found: list[Period], judged: set[tuple[str, date | None]]) -> int:
    """The initial period: the latest full fiscal year in which some of the work can be judged, else all time."""
    for place, period in enumerate(found):
        if period.grain == "fiscal_year" and not period.is_partial and (period.grain, period.start) in judged:
            return place
    return 0


def judged_periods(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, date | None]]:
    """(grain, first day) of the periods in which some of the delivered work can be judged."""
    try:
        rows = connection.execute(
            "select distinct grain, period_start_date from outcomes.value_summary where is_judged and deliverables > 0"
        ).fetchall()
    except duckdb.Error:
        return set()
    return {(grain, start) for grain, start in rows}


def _whole(number: float) -> float | int:
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _days_in(value: Any) -> list[date]:
    """The days in a cell: none, one, or a list of them. Raises TypeError where it holds something else."""
    found: list[Any] = value if isinstance(value, list) else [value]
    days = [one.date() if isinstance(one, datetime) else one for one in found if one is not None]
    if strange := next((one for one in days if not isinstance(one, date)), None):
        raise TypeError(f"{strange!r} is not a day")
    return days


def _days(chart: Chart, columns: list[str], rows: list[tuple[Any, ...]]) -> set[date]:
    """Every day in a chart's rows. Raises TypeError where a column of days holds something else."""
    named = {name for name, column in chart.columns.items() if column.unit == "day"} | set(DAYS)
    wanted = [place for place, name in enumerate(columns) if name in named]
    return {day for place in wanted for row in rows for day in _days_in(row[place])}
