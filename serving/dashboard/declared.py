"""Charts as files declare them: `charts/<name>.yml`, each a query, a title that is a sentence, and an encoding."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from serving.errors import ServingError

FOLDER = Path(__file__).parent / "charts"


class ChartError(ServingError):
    """A chart's file does not say what it must."""


class Section(StrEnum):
    """The page's sections in their order; `initiative` is what opens when one is chosen."""

    answer = "answer"
    outcomes = "outcomes"
    sources = "sources"
    initiative = "initiative"
    todo = "todo"
    shift = "shift"


# What a column holds, and by that how it is written, sorted and exported. A metric's own columns have its unit.
Unit = Literal[
    "text", "name", "day", "count", "number", "share", "money", "points", "score", "days", "flag", "link"
]  # fmt: skip


class Column(BaseModel):
    """A column of a chart's query that the chart or the table behind it shows. Without a label only the chart does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Unit
    label: str | None = None
    choose: bool = False  # a list can be narrowed to one of its values
    saved: bool = False  # in the CSV only
    none: str = "–"  # what stands where there is no value


class Kind(StrEnum):
    """How a chart is drawn: a renderer of `js/kinds/`."""

    parts = "parts"
    ranking = "ranking"
    trend = "trend"
    sides = "sides"
    goals = "goals"
    quadrant = "quadrant"
    table = "table"
    timeline = "timeline"
    facts = "facts"
    wins = "wins"
    scorecard = "scorecard"
    hidden = "hidden"


# What a kind's encoding must name, beside the columns by which rows follow period and member.
ROLES: dict[Kind, frozenset[str]] = {
    Kind.parts: frozenset({"part", "amount", "count"}),
    Kind.ranking: frozenset({"part", "amount", "count"}),
    Kind.trend: frozenset({"value"}),
    Kind.sides: frozenset({"side", "value"}),
    Kind.goals: frozenset({"name", "score", "pace"}),
    Kind.quadrant: frozenset({"id", "name", "x", "y", "size", "colour"}),
    Kind.table: frozenset(),
    Kind.timeline: frozenset({"what", "day", "count"}),
    Kind.facts: frozenset(),
    Kind.wins: frozenset({"name"}),
    Kind.scorecard: frozenset({"id", "value"}),
    Kind.hidden: frozenset(),
}


class Needs(BaseModel):
    """A chart without whose rows this one can't say that all is well, and the sentence for that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chart: str
    missing: str


class Chart(BaseModel):
    """One chart.

    Placeholders in title, below, missing and few: {value}, {during} (in 2025; over all time), {until} (by the end of
    2025; by now).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    section: Section
    place: int
    kind: Kind
    title: Annotated[str, Field(min_length=10)]
    missing: str = ""
    few: str = ""
    below: str = ""  # the title for a figure below zero
    note: str = ""
    needs: Needs | None = None
    metric: str | None = None
    query: Annotated[str, Field(min_length=10)]
    encoding: dict[str, str] = {}
    columns: dict[str, Column] = {}
    sort: str = ""
    rows: Annotated[int, Field(ge=1)] = 25

    @model_validator(mode="after")
    def _complete(self) -> "Chart":
        if lacking := ROLES[self.kind] - self.encoding.keys():
            raise ValueError(f"encoding must name {', '.join(sorted(lacking))} for a chart of kind {self.kind}")
        if strange := {column for column in self.encoding.values() if column not in self.columns}:
            raise ValueError(f"encoding names {', '.join(sorted(strange))}, which columns does not describe")
        if self.kind is Kind.trend and not self.missing:
            raise ValueError("a trend needs `missing`: the sentence for where nothing is measured")
        return self


@cache
def charts(folder: Path = FOLDER) -> tuple[Chart, ...]:
    """Every chart in `folder`, by section and place. Raises ChartError that names file and key."""
    order = list(Section)
    found = [_read(path) for path in sorted(folder.glob("*.yml"))]
    return tuple(sorted(found, key=lambda chart: (order.index(chart.section), chart.place, chart.name)))


def _read(path: Path) -> Chart:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Chart.model_validate({"name": path.stem, **said})
    except (yaml.YAMLError, TypeError) as error:
        raise ChartError(
            f"it is no YAML mapping ({error}).", str(path), "see docs/page.md for what a chart says."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the chart"
        raise ChartError(f"{key}: {first['msg']}.", str(path), "see docs/page.md for what a chart says.") from error
