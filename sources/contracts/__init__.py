"""The contracts of the canonical feeds: the only place where a feed's columns, types and keys are declared.

The contracts are the YAML files in this folder, and this module is their only reader. Landing uses them at every
refresh, the staging models are generated from them, and audits find the keys in `landing.feeds`.
"""

import hashlib
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

ColumnType = Literal["string", "boolean", "integer", "decimal", "date", "timestamp", "currency"]

SQL_TYPES: dict[ColumnType, str] = {
    "string": "varchar",
    "boolean": "boolean",
    "integer": "bigint",
    "decimal": "decimal(28,10)",
    "date": "date",
    "timestamp": "timestamp",
    "currency": "varchar",
}

# The first and the last day that a date can be. Others are placeholders such as 1900-01-01, 2099-12-31 and 9999-12-31,
# and mean that there is no date.
CALENDAR = (date(1950, 1, 1), date(2079, 12, 31))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One column of a feed.

    `header`: its name in files and mappings, where that is another one, because every landed row has a column `source`.
    `unknown_values`: whether another value than `values` is rejected, or lands with a warning; then case and
    punctuation don't matter. `personal`: `id` becomes a pseudonym at landing, `text` is never published as it is.
    `personal_if`: the portfolio setting that makes it personal. `personal_when`: SQL over the row; the value is a
    person's id only where it is true. `day_when`: SQL over the row; the text is a day where it is true.
    `open_ended`: a day outside the calendar is kept, as it means that there is no bound.
    `replacement`: after `outcomes forget` the id becomes a replacement pseudonym, the same in all columns with the same
    `replacement`; without it the value becomes NULL.
    """

    name: str
    header: str | None = None
    type: ColumnType
    description: str
    key: bool = False
    nullable_key: bool = False
    required: bool = False
    values: tuple[str, ...] = ()
    unknown_values: Literal["reject", "warn"] = "reject"
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    personal: Literal["id", "text"] | None = None
    personal_if: Literal["customers_are_people"] | None = None
    personal_when: str | None = None
    day_when: str | None = None
    open_ended: bool = False
    replacement: str | None = None

    @model_validator(mode="after")
    def _can_be_forgotten(self) -> "Column":
        if self.personal == "id" and (self.key or self.required) and self.replacement is None:
            raise ValueError(f"column {self.name} can't be NULL, so it needs a replacement")
        if self.personal != "id" and (self.replacement or self.personal_when or self.personal_if):
            raise ValueError(
                f"column {self.name} is not a personal id, so it can't have replacement, personal_when or personal_if"
            )
        return self

    @property
    def sql_type(self) -> str:
        """The DuckDB type in which the column lands."""
        return SQL_TYPES[self.type]

    @property
    def given_as(self) -> str:
        """The column's name in files and mappings."""
        return self.header or self.name

    @property
    def must_have_value(self) -> bool:
        """Whether a row without a value here breaks the contract."""
        return self.required or (self.key and not self.nullable_key)


class Rule(_Strict):
    """A condition over several columns of one row; a row for which `sql` is false is quarantined."""

    name: str
    columns: tuple[str, ...]
    sql: str
    message: str


class NoOverlap(_Strict):
    """Rows that share `keys` must not overlap in [from, to); all that do are quarantined."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, alias_generator=lambda n: n.rstrip("_")
    )

    keys: tuple[str, ...]
    from_: str
    to_: str


class Reading(_Strict):
    """The column is read as `value` in rows for which `when`, SQL over the row, is true."""

    column: str
    value: str
    when: str


class SetAside(_Strict):
    """A row for which `sql` is true is excluded with this reason, not quarantined."""

    sql: str
    reason: str


class Feed(_Strict):
    """The contract of one canonical feed."""

    name: str
    description: str
    columns: tuple[Column, ...]
    continuous: bool = False  # a month without rows is unlikely, so that an export that has none is likely to end early
    readings: tuple[Reading, ...] = ()
    rules: tuple[Rule, ...] = ()
    no_overlap: NoOverlap | None = None
    excluded: SetAside | None = None

    @model_validator(mode="after")
    def _has_a_key(self) -> "Feed":
        if not self.keys:
            raise ValueError(f"feed {self.name} declares no key column")
        return self

    def in_portfolio(self, *, customers_are_people: bool) -> "Feed":
        """The contract in one portfolio: without the personal columns whose `personal_if` doesn't apply."""
        if customers_are_people:
            return self
        plain = {"personal": None, "personal_if": None, "replacement": None}
        columns = tuple(c.model_copy(update=plain) if c.personal_if else c for c in self.columns)
        return self.model_copy(update={"columns": columns})

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that identify a row, in order."""
        return tuple(c for c in self.columns if c.key)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change with any change of the contract."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


@cache
def load_groups() -> dict[str, tuple[Feed, ...]]:
    """The feeds of each contract file by the file's name without its ending, both in order.

    Raises pydantic.ValidationError naming file position and key when a contract is malformed.
    """
    files = sorted((f for f in resources.files(__name__).iterdir() if f.name.endswith(".yml")), key=lambda f: f.name)
    return {
        file.name.removesuffix(".yml"): tuple(
            Feed.model_validate(entry) for entry in yaml.load(file.read_text(), Loader=yaml.CSafeLoader)["feeds"]
        )
        for file in files
    }


@cache
def load_contracts() -> dict[str, Feed]:
    """Every feed's contract by feed name, in the order of the files and of their entries."""
    return {feed.name: feed for feeds in load_groups().values() for feed in feeds}
