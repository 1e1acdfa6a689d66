"""Governed metrics as defined in dbt's YAML, with which a build is compared."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Dimension = Literal[
    "total", "product", "team", "initiative", "objective", "customer_segment", "ritual_type", "pilot_side"
]
Grain = Literal["day", "week", "month", "quarter", "year", "fiscal_year", "all"]
DEFAULT_GRAINS: tuple[Grain, ...] = ("month", "quarter", "year", "fiscal_year", "all")


class Meta(BaseModel):
    """A metric's `meta`; dbt/README.md says what each key means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    version_since: date | None = None
    change_note: str | None = Field(default=None, min_length=10)
    formula: str
    unit: str
    direction: Literal["up", "down", "none"]
    kind: Literal["outcome", "output"]
    valid_min: float | None = None
    valid_max: float | None = None
    minimum_n: int = Field(ge=0)
    owner: str
    source: str
    numerator: str | None = None
    denominator: str | None = None
    n: str
    excluded: str | None = None
    when_empty: Literal["zero", "not_measured"]
    kind_of_rows: str | None = None
    excluded_rows: Literal["incomplete", "incomplete_if_most", "apart"]
    interval: Literal["wilson", "nps", "welch", "none"]
    feeds: tuple[str, ...] = Field(min_length=1)
    grains: tuple[Grain, ...] = DEFAULT_GRAINS

    @model_validator(mode="after")
    def _says_what_changed(self) -> "Meta":
        if any((self.version > 1) is (given is None) for given in (self.version_since, self.change_note)):
            raise ValueError(
                f"version {self.version}: a version after the first needs `version_since`, its first day, and "
                "`change_note`, what changed; the first has neither"
            )
        return self

    @model_validator(mode="after")
    def _says_of_which_rows_none_is_zero(self) -> "Meta":
        if (self.when_empty == "zero") is (self.kind_of_rows is None):
            raise ValueError("`when_empty: zero` and `kind_of_rows`, the kind that must have been given, go together")
        return self


class Metric(BaseModel):
    """A governed metric: its definition, and the cells (dimension, grain) at which its saved queries publish it."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    label: str
    description: str
    type: str
    type_params: dict[str, Any]
    filter: dict[str, Any] | None
    meta: Meta
    cells: tuple[tuple[Dimension, Grain], ...] = Field(min_length=1)

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions by which it is published."""
        return tuple(dict.fromkeys(dimension for dimension, _ in self.cells))
