"""Chart declarations: `charts/<name>.yml`, each with a query, a title that is a sentence, and an encoding."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from serving.errors import ServingError

FOLDER = Path(__file__).parent / "charts"


class ChartError(ServingError):
    """A chart's file is not valid."""


class Section(StrEnum):
    """The page's sections in order; `initiative` opens when an initiative is chosen."""

    answer = "answer"
    outcomes = "outcomes"
    money = "money"
    sources = "sources"
    initiative = "initiative"
    todo = "todo"
    shift = "shift"


class Decision(StrEnum):
    """The decisions that the section `todo` asks for, in order."""

    stop = "stop"
    link = "link"
    review = "review"
    measure = "measure"
    celebrate = "celebrate"


# The unit of a column, which decides how it is formatted, sorted and exported. A metric's own columns have its unit.
# A `status` and a `code` are values of an enumeration, `snake_case` in the warehouse and words on the page.
Unit = Literal[
    "text", "name", "status", "code", "link", "day", "flag",
    "count", "number", "share", "money", "points", "score", "multiple", "days",
]  # fmt: skip


class Said(BaseModel):
    """Base of the models of a chart's file: unknown keys are errors, and instances don't change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Said):
    """A column of a chart's query that the chart or the table behind it shows. Without a label only the chart does."""

    unit: Unit
    label: str | None = None
    choose: bool = False  # the list can be filtered by one of its values
    saved: bool = False  # only in the CSV
    none: str = "–"  # text for a missing value
    status: str | None = None  # the column with its status, shown in brackets unless it is `measured`


class Kind(StrEnum):
    """How a chart is drawn: a renderer of `js/kinds/`."""

    answer = "answer"
    parts = "parts"
    ranking = "ranking"
    trend = "trend"
    goals = "goals"
    quadrant = "quadrant"
    table = "table"
    timeline = "timeline"
    facts = "facts"
    wins = "wins"
    scorecard = "scorecard"
    tiles = "tiles"
    leaders = "leaders"
    events = "events"
    months = "months"
    hidden = "hidden"


# The roles that a kind's encoding must name, in addition to the columns of period and member.
ROLES: dict[Kind, frozenset[str]] = {
    Kind.answer: frozenset({"count", "amount", "costed", "incomplete", "status"}),
    Kind.parts: frozenset({"part", "amount", "count", "comparable"}),
    Kind.ranking: frozenset({"part", "amount", "count"}),
    Kind.trend: frozenset({"value"}),
    Kind.goals: frozenset({"id", "name", "score", "day", "stands", "value", "target", "unit", "held", "outcome"}),
    Kind.quadrant: frozenset({"open", "name", "x", "y", "size", "colour", "status"}),
    Kind.table: frozenset(),
    Kind.timeline: frozenset({"what", "day", "count"}),
    Kind.facts: frozenset(),
    Kind.wins: frozenset({"open", "name", "goal", "score", "celebrated"}),
    Kind.scorecard: frozenset({"id", "value"}),
    Kind.tiles: frozenset(),
    Kind.leaders: frozenset({"value"}),
    Kind.events: frozenset({"what", "name"}),
    Kind.months: frozenset({"day", "budget", "cost", "forecast"}),
    Kind.hidden: frozenset(),
}
NO_PANEL = (Kind.hidden, Kind.events)  # kinds that other charts read
FINDINGS = (
    Kind.trend,
    Kind.goals,
    Kind.ranking,
    Kind.table,
    Kind.wins,
    Kind.leaders,
)  # kinds of which a folded section says something
# Other charts that a kind can read, by their role, and the roles that their own encoding must name.
READS: dict[Kind, dict[str, frozenset[str]]] = {
    Kind.answer: {"parts": frozenset({"part", "amount", "count", "comparable"}), "quality": frozenset({"value"})},
    Kind.parts: {
        "reasons": frozenset({"part", "reason", "count"}),
        "beside": frozenset({"amount", "count", "said"}),
    },
    Kind.quadrant: {"all": frozenset()},
    Kind.timeline: {"goals": frozenset({"id", "name", "score", "day"}), "work": frozenset({"name"})},
    Kind.table: {
        "goals": frozenset({"id", "name", "score", "day", "stands", "outcome"}),
        "changes": frozenset({"id", "name"}),
    },
}
# A kind's defaults. A trend has a metric's values, as in `relations.sql`.
BRINGS: dict[Kind, dict[str, object]] = {
    Kind.trend: {
        "query": "select * from trends where metric_name = '{metric}'",
        "encoding": {"value": "value"},
        "columns": {"value": {"unit": "number"}},
    },
    Kind.tiles: {  # a tile shows a figure of another chart, for whatever is chosen
        "query": "select grain, period_start, dimension_name, member_key from trends where false"
    },
}


class Needs(Said):
    """A chart that must have rows before an empty list here is good news, and the sentence if it has none."""

    chart: str
    missing: str


class Narrows(Said):
    """The list that choosing a part filters, and its columns: the first that contains the part is the filter."""

    chart: str
    by: Annotated[list[str], Field(min_length=1)]


class Chooses(Said):
    """The dimension whose member is chosen with a row, and the column with the member's id."""

    dimension: Literal["team", "product", "objective", "initiative"]
    id: str


class Tile(Said):
    """A tile: the first of these metrics that is measured, and a metric whose figure stands beside it."""

    metrics: Annotated[list[str], Field(min_length=1)]
    beside: str | None = None


class Compared(Said):
    """A dimension of a trend's metric, and its members that are drawn beside the whole portfolio: {id: name}."""

    dimension: str
    members: Annotated[dict[str, str], Field(min_length=1)]


class Chart(Said):
    """One chart.

    Placeholders in title, below, missing and few: {value}, {during} (in 2025; over all time), {until} (by the end of
    2025; by now).
    """

    name: str
    section: Section
    place: int
    kind: Kind
    title: Annotated[str, Field(min_length=10)]
    missing: str = ""
    few: str = ""
    below: str = ""  # the title for a figure below zero
    note: str = ""
    # what a folded section says of it: of a list with {rows}, of goals with {stands}, of a ranking's first part with
    # {part}, {amount} and {count}; of a metric `{title}`, its title
    finding: str = ""
    tiles: list[Tile] = []
    evidence: Literal["work", "release"] | None = None  # a row of a table opens what moved after it
    measured: dict[str, str] = {}  # of releases: {prefix of the columns of a figure before and after one: what it is}
    first: list[str] = []  # metrics by which leaders are compared at first: the first that they have
    decision: Decision | None = None
    needs: Needs | None = None
    metric: Annotated[str, Field(pattern=r"^\w+$")] | None = None
    compare: Compared | None = None
    query: Annotated[str, Field(min_length=10)]
    encoding: dict[str, str] = {}
    columns: dict[str, Column] = {}
    reads: dict[str, str] = {}
    narrows: Narrows | None = None
    chooses: Chooses | None = None
    sort: str = ""
    rows: Annotated[int, Field(ge=1)] = 25

    @model_validator(mode="after")
    def _complete(self) -> "Chart":
        if lacking := ROLES[self.kind] - self.encoding.keys():
            raise ValueError(f"encoding must name {', '.join(sorted(lacking))} for a chart of kind {self.kind}")
        if strange := {column for column in self.encoding.values() if column not in self.columns}:
            raise ValueError(f"encoding names {', '.join(sorted(strange))}, which columns does not describe")
        if strange := {column.status for column in self.columns.values() if column.status} - self.columns.keys():
            raise ValueError(f"status names {', '.join(sorted(strange))}, which columns does not describe")
        if strange := self.reads.keys() - READS.get(self.kind, {}).keys():
            raise ValueError(
                f"reads names {', '.join(sorted(strange))}, which a chart of kind {self.kind} does not read"
            )
        if self.kind is Kind.trend and not (self.metric and self.missing and self.few):
            raise ValueError(
                "a trend needs `metric`, `missing` and `few`: the texts for no measurement, and for too small a sample"
            )
        if self.kind is Kind.trend and " is not measured: " not in self.missing:
            raise ValueError("`missing` of a trend must say why: `… is not measured: no answers are known.`")
        if self.finding and self.kind not in FINDINGS:
            raise ValueError(f"a chart of kind {self.kind} has no finding")
        if (self.kind is Kind.tiles) != bool(self.tiles):
            raise ValueError("`tiles` lists the tiles of a chart of kind tiles, and of no other")
        if self.evidence and not {"id", "name"} <= self.encoding.keys():
            raise ValueError("encoding must name id and name for a table with `evidence`")
        if self.decision and self.section is not Section.todo:
            raise ValueError("`decision` says what a chart of the section todo asks for; no other chart has one")
        if self.kind in (Kind.parts, Kind.ranking) and not (self.narrows or self.chooses):
            raise ValueError("choosing a part needs an effect: `narrows` a list, or `chooses` a member")
        return self

    @property
    def others(self) -> list[str]:
        """The charts that it names."""
        named = (self.needs and self.needs.chart, self.narrows and self.narrows.chart, *self.reads.values())
        return [name for name in named if name]


@cache
def charts(folder: Path = FOLDER) -> tuple[Chart, ...]:
    """Every chart in `folder`, by section and place. Raises ChartError that names file and key."""
    order = list(Section)
    found = {path.stem: _read(path) for path in sorted(folder.glob("*.yml"))}
    for chart in found.values():
        if problem := _misnamed(chart, found):
            raise _error(folder / f"{chart.name}.yml", problem)
    return tuple(sorted(found.values(), key=lambda chart: (order.index(chart.section), chart.place, chart.name)))


def with_tiles(found: tuple[Chart, ...], labels: Mapping[str, str]) -> tuple[Chart, ...]:
    """The charts, and a plain one for each metric of a tile that has none. `labels`: {metric: its label}."""
    drawn = {chart.metric for chart in found}
    added = [_plain(name, label) for name, label in labels.items() if name not in drawn]
    return (*found, *added)


def _plain(metric: str, label: str) -> Chart:
    """A chart of a metric that has no file: its label and its figure."""
    said = {
        "name": f"metric_{metric}",
        "section": Section.outcomes,
        "place": 490,
        "kind": Kind.trend,
        "metric": metric,
        "title": f"{label}: {{value}}.",
        "missing": f"{label} is not measured: its feeds have nothing to measure it by.",
        "few": f"{label}: too few records to tell.",
    }
    return _made(said)


def _made(said: Mapping[str, Any]) -> Chart:
    """A chart of what is said of it and what its kind brings. Raises ValidationError."""
    brought = BRINGS.get(said["kind"], {}) if "kind" in said else {}
    chart = Chart.model_validate({**brought, **said})
    return chart.model_copy(update={"query": chart.query.replace("{metric}", chart.metric or "")})


def _misnamed(chart: Chart, found: dict[str, Chart]) -> str | None:
    """A chart's reference to another that doesn't exist or fit; None if all is well."""
    if lacking := [name for name in chart.others if name not in found]:
        return f"it names the chart {lacking[0]}, but there is no such file"
    for what, name in chart.reads.items():
        if roles := READS[chart.kind][what] - found[name].encoding.keys():
            return f"reads.{what}: the encoding of {name} does not name {', '.join(sorted(roles))}"
    if chart.narrows:
        columns = found[chart.narrows.chart].columns
        if strange := [name for name in chart.narrows.by if name not in columns or not columns[name].choose]:
            return f"narrows.by: {chart.narrows.chart} has no column {strange[0]} with `choose: true`"
    return None


def _read(path: Path) -> Chart:
    try:
        return _made({"name": path.stem, **yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)})
    except (yaml.YAMLError, TypeError) as error:
        raise _error(path, f"it is not a YAML mapping ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the chart"
        raise _error(path, f"{key}: {first['msg']}") from error


def _error(path: Path, problem: str) -> ChartError:
    return ChartError(f"{problem}.", str(path), "see docs/page.md for the keys of a chart.")
