"""The settings of one source; `dagster_project.settings` reads them from `portfolio.yml`."""

import codecs
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ByteSize, ConfigDict, Field, model_validator

from sources.contracts import CALENDAR, load_contracts
from sources.identities import Identity

Kind = Literal["snapshot", "increment"]
T = TypeVar("T")


def _known_feed(name: str) -> str:
    if name not in load_contracts():
        raise ValueError(f"no feed is called {name!r}; the feeds are {', '.join(load_contracts())}")
    return name


def _ordered(interval: tuple[date, date]) -> tuple[date, date]:
    if interval[0] >= interval[1]:
        raise ValueError(f"[from, to) must be ordered, got {interval[0]} .. {interval[1]}")
    return interval


def not_empty(entries: tuple[T, ...]) -> tuple[T, ...]:
    """A list with at least one entry. Raises ValueError."""
    if not entries:
        raise ValueError("it must not be an empty list; leave the key out for its default")
    return entries


def _separator(text: str) -> str:
    text = {"tab": "\t", "semicolon": ";", "comma": ","}.get(text, text)
    if len(text) != 1 or text in '\r\n"':
        raise ValueError(f"{text!r} is not one character, or tab")
    return text


def _encoding(name: str) -> str:
    try:
        known = codecs.lookup(name)
        "a".encode(known.name)
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name!r} is not an encoding, such as utf-8, utf-16 or cp1252") from error
    return known.name


def _dates(given: str) -> str:
    if given not in ("dmy", "mdy", "ymd", "epoch", "epoch_ms") and "%" not in given:
        raise ValueError(
            f"{given!r} is none of dmy, mdy, ymd, epoch and epoch_ms, nor a pattern such as %d.%m.%Y %H:%M"
        )
    return given


def _one_or_more(given: object) -> object:
    return (given,) if isinstance(given, int) else given


def _line_numbers(lines: tuple[int, ...]) -> tuple[int, ...]:
    if not lines or lines[0] < 0 or (len(lines) > 1 and lines != tuple(range(lines[0], lines[0] + len(lines)))):
        raise ValueError(f"{list(lines)} is neither the number of a line nor a list of lines that follow one another")
    return lines


def _folder(path: str) -> str:
    if "://" in path:
        raise ValueError(f"{path!r} is not a folder, nor an address that is read: s3://, gs://, az:// and https://")
    return path


FeedName = Annotated[str, AfterValidator(_known_feed)]
Interval = Annotated[tuple[date, date], AfterValidator(_ordered)]


Lines = Annotated[tuple[int, ...], BeforeValidator(_one_or_more), AfterValidator(_line_numbers)]


class SheetSettings(BaseModel):
    """How one sheet of a workbook is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: Lines | None = Field(default=None, description="Row of the column names, or a list of rows; 0: none")
    footer: int = Field(default=0, ge=0, description="Rows at the end of the sheet that are not records")


class FileSettings(BaseModel):
    """How files are written, as far as it can't be seen in them: an entry of `files` in `portfolio.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    separator: Annotated[str, AfterValidator(_separator)] | None = Field(
        default=None, description="Character between two values of a CSV file, or tab; default: as the file shows"
    )
    encoding: Annotated[str, AfterValidator(_encoding)] | None = Field(
        default=None, description="Encoding of a CSV file, such as cp1252; default: as the file shows"
    )
    quote: str = Field(default='"', max_length=1, description="Character around a value; an empty text: none")
    header: Lines | None = Field(
        default=None, description="Line of the column names, or a list of lines; 0: there is none"
    )
    footer: int = Field(default=0, ge=0, description="Lines at the end of the file that are not records")
    sheets: dict[str, SheetSettings] = Field(
        default={}, description="Sheets of a workbook that are read, and how each is written; default: the visible ones"
    )
    dates: Annotated[str, AfterValidator(_dates)] | None = Field(
        default=None, description="Order of day, month and year: dmy, mdy or ymd; or epoch, epoch_ms, or a pattern"
    )
    decimal: Literal[",", "."] | None = Field(default=None, description="Sign before the decimals of a number")
    thousands: Literal[",", ".", " ", "'"] | None = Field(
        default=None, description="Sign between the thousands of a number; default: the one that `decimal` is not"
    )
    records_at: str | None = Field(
        default=None, description="Member of a JSON file's one object that is the list of records, such as data.issues"
    )
    lists: tuple[str, ...] = Field(
        default=(), description="Columns that the file may repeat, each read as one list of its values"
    )
    optional: tuple[str, ...] = Field(default=(), description="Columns that are empty if the file lacks them")

    @model_validator(mode="after")
    def _signs_differ(self) -> "FileSettings":
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}")
        return self


class FileLimits(BaseModel):
    """How large a file may be, so that a broken or hostile one ends with a message instead of filling the machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unpacked: Annotated[ByteSize, Field(gt=0)] = Field(
        default=ByteSize(50_000_000_000), description="Bytes of one file, once it is unpacked"
    )
    workbook: Annotated[ByteSize, Field(gt=0)] = Field(
        default=ByteSize(500_000_000), description="Bytes of a workbook, once it is unpacked: it is read into memory"
    )
    record: Annotated[ByteSize, Field(ge=1024, le=1 << 28)] = Field(
        default=ByteSize(1 << 24), description="Bytes of one record, and of the lines above the first"
    )
    columns: int = Field(default=2_000, ge=1, description="Columns of one file")


class SourceBase(BaseModel):
    """What every source declares, whatever its type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100, description="Name of the source, unique in the portfolio"
    )
    feeds: Annotated[tuple[FeedName, ...], AfterValidator(not_empty)] | None = Field(
        default=None, description="Feeds of this source; default: all that it has a mapping for"
    )
    covers: dict[FeedName, Annotated[tuple[Interval, ...], AfterValidator(not_empty)]] = Field(
        default_factory=dict, description="Per feed the [from, to) days that it covers; default: all up to observed_at"
    )

    def covers_of(self, feed: str, observed_at: datetime) -> tuple[tuple[date, date], ...] | None:  # noqa: ARG002
        """The days of a feed that a load observed at a moment (aware) covers; None: all up to that moment."""
        return self.covers.get(feed)

    def mapping_settings(self) -> dict[str, Any]:
        """The settings that the source's mappings read with `getvariable('<name>')`."""
        return {}

    maps_files: ClassVar[bool] = False  # whether the portfolio's mappings read its files

    def files(self, home: Path) -> "FileSource | None":  # noqa: ARG002
        """Its files as a folder of them; None of a tool, and if none were copied into the home yet."""
        return None


class FileShape(SourceBase):
    """What files of a source are, wherever they come from."""

    maps_files: ClassVar = True

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

    @model_validator(mode="after")
    def _observed_at_has_a_zone(self) -> Self:
        if self.observed_at is None:
            return self
        if self.observed_at.tzinfo is None:
            raise ValueError("observed_at needs a time zone, for example 2026-04-27T23:59:59Z")
        if not CALENDAR[0] < self.observed_at.date() < CALENDAR[1]:
            raise ValueError(f"observed_at must be between {CALENDAR[0]} and {CALENDAR[1]}")
        return self

    @model_validator(mode="after")
    def _history_is_observed_by_its_folders(self) -> Self:
        if self.history and self.observed_at is not None:
            raise ValueError("with history the folder names give the time of observation; remove observed_at")
        return self

    def kind_of(self, feed: str) -> Kind:
        """The kind of load of a feed from this source."""
        return self.kinds.get(feed, self.kind)


class FileSource(FileShape):
    """A folder of files and the mappings that turn them into feeds."""

    type: Literal["files"] = Field(default="files", description="Kind of source")
    path: Annotated[str, AfterValidator(_folder)] = Field(
        default="data", description="Folder of the raw files, below the portfolio's folder"
    )

    def files(self, home: Path) -> "FileSource":
        """Itself."""
        del home
        return self

    def place(self, portfolio: Path) -> Path:
        """The folder that `path` is below."""
        return portfolio

    def moment(self, now: datetime) -> datetime:
        """When it showed what it shows (aware)."""
        return self.observed_at or now


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last instant (aware, UTC, to the microsecond) of a day in a time zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(microseconds=1)


class LandingRules(BaseModel):
    """The thresholds and code lists that landing applies, from `portfolio.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currencies: frozenset[str]
    deleted_fail_share: float = 0.2
    quarantine_fail_share: float | None = None  # no limit
    silent_days: int = 31
    time_zone: str = "UTC"
    customers_are_people: bool = False
    files: dict[str, FileSettings] = {}
    file_limits: FileLimits = FileLimits()
    mapping_timeout: int = 1800
    source_names: frozenset[str] = frozenset()
    identities: tuple[Identity, ...] = ()

    def same_in(self, source: str) -> tuple[Identity, ...]:
        """The ids of a source that give way to others, in an order."""
        return tuple(sorted(one for one in self.identities if one.source == source))
