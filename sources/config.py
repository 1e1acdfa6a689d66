"""The settings of one source; `dagster_project.settings` reads them from `portfolio.yml`."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sources.contracts import load_contracts

Kind = Literal["snapshot", "increment"]


def _known_feed(name: str) -> str:
    if name not in load_contracts():
        raise ValueError(f"no feed is called {name!r}; the feeds are {', '.join(load_contracts())}")
    return name


def _ordered(interval: tuple[date, date]) -> tuple[date, date]:
    if interval[0] >= interval[1]:
        raise ValueError(f"[from, to) must be ordered, got {interval[0]} .. {interval[1]}")
    return interval


FeedName = Annotated[str, AfterValidator(_known_feed)]
Interval = Annotated[tuple[date, date], AfterValidator(_ordered)]


class FileSource(BaseModel):
    """A folder of files and the mappings that turn them into feeds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Name of the source, unique in the portfolio")
    type: Literal["files"] = Field(default="files", description="Kind of connector")
    path: str = Field(default="data", description="Folder of the raw files, below the portfolio's folder")
    feeds: tuple[FeedName, ...] | None = Field(default=None, description="Feeds of this source; default: all in feeds/")
    kind: Kind = Field(
        default="snapshot",
        description="snapshot: each load is complete, missing keys are deleted; increment: it adds and replaces",
    )
    kinds: dict[FeedName, Kind] = Field(default_factory=dict, description="Kind of individual feeds")
    observed_at: datetime | None = Field(
        default=None, description="When the source showed this; default: when it lands"
    )
    history: bool = Field(
        default=False,
        description="Each subfolder of path, named by its day, is a load of its own, observed at the end of that day",
    )
    covers: dict[FeedName, tuple[Interval, ...]] = Field(
        default_factory=dict, description="Per feed the [from, to) days that it covers; default: all up to observed_at"
    )

    @model_validator(mode="after")
    def _observed_at_has_a_zone(self) -> "FileSource":
        if self.observed_at is not None and self.observed_at.tzinfo is None:
            raise ValueError("observed_at needs a time zone, for example 2026-04-27T23:59:59Z")
        return self

    @model_validator(mode="after")
    def _history_is_observed_by_its_folders(self) -> "FileSource":
        if self.history and self.observed_at is not None:
            raise ValueError("with history the folder names give the time of observation; remove observed_at")
        return self

    def kind_of(self, feed: str) -> Kind:
        """The kind of load of a feed from this source."""
        return self.kinds.get(feed, self.kind)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last instant (aware, UTC, to the microsecond) of a day in a time zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(microseconds=1)


class LandingRules(BaseModel):
    """The thresholds and code lists that landing applies, from `portfolio.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currencies: frozenset[str]
    deleted_fail_share: float = 0.2
    time_zone: str = "UTC"
    customers_are_people: bool = False
