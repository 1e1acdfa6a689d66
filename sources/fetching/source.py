"""What a source behind an API declares: its settings, its streams, and how each is walked."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, field_validator, model_validator

from sources.config import Kind, SourceBase

if TYPE_CHECKING:
    from sources.fetching.api import Api
    from sources.fetching.pulls import Sealed

SECRETS = ("token", "password", "secret", "api_key", "key", "refresh_token", "client_secret")
Meaning = Literal["to_do", "in_progress", "done", "cancelled"]  # of a status
LOCAL = ("127.0.0.1", "localhost", "::1")


_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}  # in seconds
LONGEST = timedelta(days=36_525)  # more can't be taken from every moment


def _long(given: Any) -> timedelta:
    """A time as people write it, such as `12 hours`, or as ISO 8601 does; a number is in seconds."""
    number, _, unit = given.strip().partition(" ") if isinstance(given, str) else ("", "", "")
    with suppress(ValueError):
        if number.isdecimal() and unit.removesuffix("s") in _UNITS:
            given = int(number) * _UNITS[unit.removesuffix("s")]
        found = TypeAdapter(timedelta).validate_python(given)
        if timedelta(0) <= found <= LONGEST:
            return found
    raise ValueError("it must be a time of at most 100 years, such as 90 minutes, 12 hours or 7 days")


Duration = Annotated[timedelta, BeforeValidator(_long)]


class Window(NamedTuple):
    """What one pull asks for: everything (snapshot), or what changed since a moment (increment)."""

    kind: Kind
    started_at: datetime  # aware
    since: datetime | None  # aware; None with a snapshot, unless the settings say from when on

    @property
    def iso(self) -> str | None:
        """The moment since when, in UTC, as most tools take it."""
        return f"{self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.since else None


class Page(NamedTuple):
    """Records that are kept together with the place to go on from, `at`: any JSON value; None with the last page."""

    records: dict[str, Sequence[Any]]  # by stream, each record's JSON as it came
    at: Any = None


class Stream(NamedTuple):
    """One file of a pull, read by mappings as `raw.<name>`.

    `keys` are the members that mappings read: they are columns even of an empty pull. `walk` goes on from a place and
    yields pages until nothing is left; None if the walk of another stream fills this one.
    """

    name: str
    keys: tuple[str, ...]
    walk: "Callable[[Api, Any, Window, Any], Iterator[Page]] | None" = None


def basic(user: str, secret: str) -> dict[str, str]:
    """The header of a sign-in by name and secret."""
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"}


class ApiSource(SourceBase):
    """A source that is fetched from a tool's API. A vendor adds its settings, streams, scope and sign-in."""

    model_config = ConfigDict(coerce_numbers_to_str=True)  # ids are often numbers

    url: str = Field(description="Address of the API, https")
    since: date | None = Field(
        default=None,
        description="Fetch what is dated, or has changed, from this day on; the feeds cover no earlier day",
    )
    full_every: Duration = Field(
        default=timedelta(days=7),
        description="Everything is fetched again after this time, which finds deletions",
    )
    stale_after: Duration = Field(
        default=timedelta(days=1),
        description="If it can't be fetched, its last pull is used up to this age",
    )
    patience: Duration = Field(
        default=timedelta(hours=1), description="Longest time that one request waits and tries again"
    )

    streams: ClassVar[tuple[Stream, ...]]
    folder: ClassVar[Path]  # of the vendor: its README and its mappings, in feeds/
    secret: ClassVar[str] = "token"
    needs_secret: ClassVar[bool] = True
    changing: ClassVar[tuple[str, ...]] = ()  # secrets that change with each use
    version: ClassVar[int] = 1  # raise it when pulls of before can't be continued
    overlap: ClassVar[timedelta] = timedelta(minutes=10)
    rights: ClassVar[str]  # what the secret must be allowed to do

    @model_validator(mode="before")
    @classmethod
    def _no_secrets(cls, given: Any) -> Any:
        if isinstance(given, dict) and (found := [name for name in SECRETS if name in given]):
            variable = cls.variable(str(given.get("name", "SOURCE")), cls.secret)
            raise ValueError(f"{found[0]}: secrets don't belong in this file; set the environment variable {variable}")
        return given

    @field_validator("url", "sign_in_url", check_fields=False)
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("it must be an address without user, password or query, such as https://acme.example")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise ValueError("it must begin with https://, as the token is sent to it")
        return url.rstrip("/")

    @staticmethod
    def variable(name: str, secret: str) -> str:
        """The environment variable that holds a secret of a source of this name."""
        return f"OUTCOMES_{name.upper().replace('-', '_')}_{secret.upper()}"

    @property
    def fingerprint(self) -> str:
        """Changes with whatever decides what is fetched; a pull of other settings can't be continued."""
        asked = self.model_dump(mode="json", include=set(self.asks)) | {"url": self.url, "since": str(self.since)}
        asked |= {"version": self.version, "streams": [stream.name for stream in self.streams]}
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]

    def covers_of(self, feed: str, observed_at: datetime) -> tuple[tuple[date, date], ...] | None:
        """The days that a load covers; with `since`, those from then on."""
        given = super().covers_of(feed, observed_at)
        if given is None and self.since is not None:
            return ((self.since, observed_at.date() + timedelta(days=1)),)
        return given

    def mapping_settings(self) -> dict[str, Any]:
        """The settings that the vendor's mappings read, and the address."""
        given = {"url": self.url} | {name: getattr(self, name) for name in self.maps}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}

    # --- what a vendor says ---
    asks: ClassVar[tuple[str, ...]] = ()  # its settings that decide what is fetched
    maps: ClassVar[tuple[str, ...]] = ()  # its settings that its mappings read
    readings: ClassVar[
        tuple[str, ...]
    ] = ()  # feeds of what is read now: a snapshot doesn't delete what was read before

    def headers(self, secret: str) -> dict[str, str]:
        """The headers of every request, with the sign-in."""
        return {"Authorization": f"Bearer {secret}"}

    def scope(self, api: "Api") -> list[str]:
        """What the secret can see (projects, repositories, an account): a pull that sees less is refused."""
        raise NotImplementedError

    def wanted(self) -> tuple[str, ...] | None:
        """The part of the scope that the settings name; None: all that can be seen."""
        return None

    def pull(self, home: Path, now: datetime, *, full: bool, say: Callable[[str], None]) -> "Sealed | None":
        """A pull that the source makes in its own way; None where its streams are walked. `now` is aware."""
        del home, now, full, say
        return None

    def counts(self, api: "Api") -> dict[str, str]:  # noqa: ARG002
        """What `outcomes connect` shows: how much there is, and what can be set; nothing where the tool can't tell."""
        return {}


class OAuthSource(ApiSource):
    """A source to which a person consents once, by `outcomes connect`; from then on, tokens are refreshed."""

    client_id: str = Field(description="Id of your app at the vendor; it is no secret")
    redirect_url: str = Field(
        default="http://localhost/", description="Address to which a consent leads, as it is registered for your app"
    )
    sign_in_url: str = Field(description="Address at which tokens are refreshed, https")

    secret: ClassVar[str] = "client_secret"
    changing: ClassVar[tuple[str, ...]] = ("refresh_token",)
    consent_url: ClassVar[str]
    scopes: ClassVar[str]

    @property
    def is_its_own_user(self) -> bool:
        """Whether the app signs in by itself, without a person's consent."""
        return False

    def headers(self, secret: str) -> dict[str, str]:  # noqa: ARG002
        """None but the access token."""
        return {}
