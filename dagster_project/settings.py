"""The only reader of the environment and of `portfolio.yml`.

Each key is documented here, with default, unit and meaning; nothing else in the project reads either.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import parse_pattern
from babel.numbers import list_currencies
from cronsim import CronSim, CronSimError
from platformdirs import user_cache_path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from dagster_project import yaml_file
from sources import identities
from sources.common.limits import LEAST, Limits, of_machine
from sources.config import FileLimits, FileSettings, FileSource, LandingRules, end_of_day, not_empty
from sources.connectors import Declared
from sources.contracts import CALENDAR
from sources.fetching.secrets import Secrets
from sources.fetching.source import ApiSource
from sources.identities import Identity

PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parent
EXAMPLE = PROJECT / "examples" / "decentraland"
# installed from a wheel, the dbt project is inside this package: beside it, `dbt` is the folder of dbt itself
DBT_PROJECT = next(path for path in (PACKAGE / "dbt", PROJECT / "dbt") if (path / "dbt_project.yml").exists())
MOST_MEMORY = 1 << 50
CENTURY = 36_525  # days: more can't be added to every day of the calendar
WEEK = 604_800  # seconds
SHOWN_CHARACTERS = 60  # of a wrong value
CRON_WORDS = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip
LAST_WEEKDAY = re.compile(r"LW|[0-7]L$", re.IGNORECASE)  # which Dagster doesn't know

Kind = Literal[
    "cost", "revenue", "actual_benefit", "planned_benefit", "soft_benefit", "deliverable", "usage", "ticket",
    "experiment", "check_in_decision", "recognition",
]  # fmt: skip


Channel = Literal["mail", "webhook"]


class PortfolioError(Exception):
    """`portfolio.yml` is missing or wrong; the message names file, key and what to do."""


class BusyError(Exception):
    """Another refresh or check of the same portfolio is running."""


class Environment(BaseSettings):
    """Environment variables; each has a default, so that loading the definitions needs none."""

    model_config = SettingsConfigDict(env_prefix="OUTCOMES_", extra="ignore")

    portfolio: Path | None = Field(
        default=None, description="The portfolio's folder; default: this folder if it is one, else the bundled example"
    )
    home: Path = Field(default=Path(".outcomes"), description="Where warehouses are kept, one folder per portfolio")
    key: str | None = Field(default=None, description="Key for pseudonyms; default: the portfolio's own key file")
    mirror_password: SecretStr | None = Field(default=None, description="Password of the mirror's user")
    smtp_password: SecretStr | None = Field(default=None, description="Password of the mail server's user")
    webhook: SecretStr | None = Field(
        default=None, description="Address of the chat's incoming webhook, with its secret"
    )
    dagster_home: Path | None = Field(
        default=None, validation_alias="DAGSTER_HOME", description="Dagster's own folder, where its history is kept"
    )
    asset_prefix: str = Field(
        default="", description="First part of each asset's key in Dagster, where one instance shows several portfolios"
    )
    cache: Path | None = Field(
        default=None,
        description="Where what dbt and MetricFlow compiled is kept; default: a checkout's dbt/target, else the user's "
        "cache folder",
    )


def cache_folder() -> Path:
    """Where what dbt and MetricFlow compiled is kept: one folder per installation, as dbt keeps absolute paths."""
    given = Environment().cache
    if given is None and DBT_PROJECT.parent == PROJECT:
        return DBT_PROJECT / "target"
    base = given.resolve() if given else user_cache_path("outcome-warehouse", appauthor=False)
    return base / hashlib.sha256(str(DBT_PROJECT).encode()).hexdigest()[:12]


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone, such as Europe/Berlin")
    return name


def _locale(name: str) -> str:
    try:
        Locale.parse(name)
    except (ValueError, UnknownLocaleError) as error:
        raise ValueError(f"{name!r} is not a CLDR locale, such as en or de_CH") from error
    return name


def _date_format(pattern: str) -> str:
    try:
        parse_pattern(pattern).apply(date(2026, 6, 30), Locale("en"))
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{pattern!r} is not a CLDR pattern of a day, such as d MMM y") from error
    return pattern


def _currency_code(code: str) -> str:
    if not code or code != code.upper():
        raise ValueError(f"{code!r} must be written in capitals")
    return code


def _metric(name: str) -> str:
    lines = (resources.files("expectations") / "metrics.lock").read_text(encoding="utf-8").splitlines()
    if name not in {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}:
        raise ValueError(f"{name!r} is not the name of a metric; docs/metrics.md lists them")
    return name


def _postgres(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError("it must be postgresql://user@host:port/database; the password: OUTCOMES_MIRROR_PASSWORD")
    return url


def _mail_address(text: str) -> str:
    name, _, domain = text.rpartition("@")
    if not name or not domain or any(sign.isspace() or sign in ",;<>" for sign in text):
        raise ValueError(f"{text!r} is not a mail address, such as ada@acme.example")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or any(sign.isspace() for sign in text):
        raise ValueError(f"{text!r} is not a web address, such as https://acme.example/outcomes/")
    return text


def _connect_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "sc" or not parts.hostname or any(sign.isspace() for sign in text):
        raise ValueError(
            f"{text!r} is not the address of a Spark Connect server, such as sc://spark.acme.example:15002"
        )
    if "token=" in text.lower():
        raise ValueError("it holds a token, which belongs into SPARK_CONNECT_AUTHENTICATE_TOKEN")
    return text


def _memory_size(value: Any) -> Any:
    try:
        size = TypeAdapter(ByteSize).validate_python(value)
    except ValidationError as error:
        raise ValueError(f"{value!r} is not an amount of memory, such as 12GB or 8GiB") from error
    if size > MOST_MEMORY:
        raise ValueError(f"{value!r} is more than any machine has; write it as 12GB or 8GiB")
    if size < 2 * LEAST:  # an audit has two processes
        raise ValueError(f"{value!r} is too little for a refresh: at least 1GiB; write it as 12GB or 8GiB")
    return size


def _cron(text: str) -> str:
    if text in CRON_WORDS:
        return CRON_WORDS[text]
    try:
        if len(text.split()) != 5:
            raise CronSimError("it needs five fields")
        if LAST_WEEKDAY.search(text):
            raise CronSimError("it can't be the last weekday")
        CronSim(text, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        said = str(error)
        raise ValueError(f"{text!r} is not a cron, such as 0 6 * * 1-5 ({said[:1].lower()}{said[1:]})") from error
    return text


class Thresholds(BaseModel):
    """Shares from 0 to 1, days, and an amount, at which a check warns or fails."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    quarantine_warn_share: float = Field(default=0.0, ge=0, le=1, description="Rejected rows of a load: warn above")
    quarantine_fail_share: float = Field(default=0.01, ge=0, le=1, description="Rejected rows of a load: fail above")
    deleted_fail_share: float = Field(default=0.2, ge=0, le=1, description="Rows a snapshot may delete at once")
    silent_days: int = Field(default=31, ge=1, description="Days without rows before a feed was seen: warn above")
    largest_entry: float | None = Field(default=None, gt=0, description="A single ledger entry: warn above")


class SuccessBands(BaseModel):
    """Scores from 0 to 1 from which a key result counts as good and as fair, and work as of some value."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    good: float = Field(default=0.7, gt=0, le=1, description="A score from here on is good")
    fair: float = Field(default=0.4, gt=0, le=1, description="A score from here on is fair, below it is poor")
    some: float = Field(default=0.3, gt=0, le=1, description="Work with a score from here on created some value")

    @model_validator(mode="after")
    def _ordered(self) -> "SuccessBands":
        if self.fair >= self.good:
            raise ValueError(f"fair {self.fair} must be below good {self.good}")
        if self.some >= self.good:
            raise ValueError(f"some {self.some} must be below good {self.good}")
        return self


class Mail(BaseModel):
    """A mail server, and who is written to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(description="Name of the mail server (SMTP)")
    port: int = Field(default=587, ge=1, le=65535, description="Its port")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls, tls from the start, or none (only on this machine)"
    )
    user: str | None = Field(default=None, description="Who signs in; the password: OUTCOMES_SMTP_PASSWORD")
    sender: Annotated[str, AfterValidator(_mail_address)] = Field(description="Address that the mail is from")
    to: Annotated[tuple[Annotated[str, AfterValidator(_mail_address)], ...], AfterValidator(not_empty)] = Field(
        description="Addresses that it is sent to"
    )

    @model_validator(mode="after")
    def _password_is_encrypted(self) -> "Mail":
        if self.security == "none" and (self.user or self.host not in ("localhost", "127.0.0.1", "::1")):
            raise ValueError("security: none is for a server on this machine without a user; use starttls or tls")
        return self


class Notify(BaseModel):
    """What is sent, and where to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mail: Mail | None = Field(default=None, description="The mail server, and who is written to")
    alerts: tuple[Channel, ...] = Field(
        default=(), description="Where a refresh that fails, and works again, is told: mail, webhook"
    )
    digest: tuple[Channel, ...] = Field(
        default=(), description="Where the digest of a new version is sent: mail, webhook"
    )
    page: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None, description="Address at which people open the page; default: its file"
    )

    @model_validator(mode="after")
    def _has_mail(self) -> "Notify":
        if self.mail is None and "mail" in (*self.alerts, *self.digest):
            raise ValueError("alerts or digest go by mail, so it needs mail: the server, sender and to")
        return self


class Note(BaseModel):
    """Something that happened, which the page's lines mark."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date = Field(ge=CALENDAR[0], le=CALENDAR[1], description="The day")
    says: str = Field(min_length=1, max_length=200, description="What happened")


class Spark(BaseModel):
    """Where Apache Spark runs, with `engine: spark`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    remote: Annotated[str, AfterValidator(_connect_address)] | None = Field(
        default=None,
        description="Spark Connect server, sc://host:port; default: a session in the refresh's own process",
    )
    settings: dict[str, str] = Field(default={}, description="Settings of the session, by Spark's names, as texts")


class Portfolio(BaseModel):
    """A portfolio as its `portfolio.yml` declares it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100, description="Folder name below OUTCOMES_HOME")
    title: str = Field(description="Name shown to people")
    reporting_currency: Annotated[str, AfterValidator(_currency_code)] = Field(description="ISO 4217 code or a token")
    tokens: tuple[Annotated[str, AfterValidator(_currency_code)], ...] = Field(
        default=(), description="Currencies that are not in ISO 4217"
    )
    locale: Annotated[str, AfterValidator(_locale)] = Field(
        default="en", description="How the page writes numbers and months: a CLDR locale, like de_CH"
    )
    date_format: Annotated[str, AfterValidator(_date_format)] = Field(
        default="d MMM y", min_length=1, description="How the page writes a day: a CLDR pattern"
    )
    tiles: tuple[Annotated[str, AfterValidator(_metric)], ...] = Field(
        default=(), max_length=12, description="Metrics that the page shows first, as tiles; default: eight of its own"
    )
    notes: tuple[Note, ...] = Field(default=(), max_length=50, description="What the page's lines mark, each on a day")
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(default="UTC", description="A day is the day of this zone")
    fiscal_year_start_month: int = Field(default=1, ge=1, le=12, description="First month of the fiscal year")
    as_of: date | None = Field(
        default=None, ge=CALENDAR[0], le=CALENDAR[1], description="Fixes now to the end of this day; default: the clock"
    )
    generated: bool = Field(default=False, description="Made-up data, labelled so wherever it shows")
    max_rate_age_days: int = Field(
        default=31, ge=0, le=CENTURY, description="Days for which an exchange rate stays valid"
    )
    observation_window_days: int = Field(
        default=90, ge=0, le=CENTURY, description="Days after delivery before value is judged"
    )
    review_every: int | None = Field(
        default=None, ge=1, le=CENTURY, description="Days between two readings of a key result"
    )
    privacy_minimum: int = Field(
        default=5, ge=3, le=1_000_000, description="Least number of colleagues whose survey answers are shown together"
    )
    customers_are_people: bool = Field(
        default=False, description="customer_id names a person, and becomes a pseudonym as their ids do"
    )
    identities: str | None = Field(
        default=None, description="Path of a CSV that says which ids of which sources are one person, team or product"
    )
    publish_comments: bool = Field(
        default=False, description="Publish what customers wrote in surveys; what colleagues wrote never is"
    )
    gives: tuple[Kind, ...] = Field(
        default=(), description="Kinds of rows that the sources give, though there was none yet: zero if none"
    )
    overhead_categories: tuple[str, ...] = Field(default=(), description="Cost categories never allocated to work")
    run_item_types: tuple[str, ...] = Field(default=(), description="Item types that keep the lights on")
    statuses: dict[str, Literal["to_do", "in_progress", "done", "cancelled"]] = Field(
        default={}, description="What statuses of work items mean that neither a change nor the feed statuses explains"
    )
    labour_cost: Literal["ledger", "rates"] = Field(
        default="ledger", description="Labour cost: the ledger's entries, or booked hours at hourly rates"
    )
    labour_categories: tuple[str, ...] = Field(
        default=(), description="Cost categories that hours at rates replace, with `labour_cost: rates`"
    )
    capital_cost: Literal["as_spent", "amortised"] = Field(
        default="as_spent", description="Capital spending as it is spent, or its depreciation in its place"
    )
    depreciation_accounts: tuple[str, ...] = Field(
        default=(), description="Codes of the accounts that depreciation is posted on"
    )
    discount_rate: float | None = Field(
        default=None, gt=-1, description="Nominal annual discount rate; default: not discounted"
    )
    discount_base_date: date | None = Field(default=None, description="Base date of discounting")
    budget_version_replaces: Literal["line", "whole"] = Field(
        default="line", description="What a budget's new version replaces: the lines that it holds, or all of the year"
    )
    schedule: Annotated[str, AfterValidator(_cron)] | None = Field(
        default=None, description="Cron of the refresh, in the time zone; default: off"
    )
    keep_versions: int = Field(default=5, ge=1, le=1_000_000, description="Newest published versions that are kept")
    keep_days: int = Field(
        default=0, ge=0, le=CENTURY, description="Days for which every published version is kept as well"
    )
    keep_audit_days: int = Field(
        default=400, ge=1, le=CENTURY, description="Days for which check records are kept by `outcomes maintain`"
    )
    keep_loads_days: int | None = Field(
        default=None,
        ge=1,
        le=CENTURY,
        description="Days for which `outcomes maintain` keeps loads that a later snapshot replaced; default: forever",
    )
    keep_runs_days: int = Field(
        default=90, ge=1, le=CENTURY, description="Days for which `outcomes maintain` keeps Dagster's ended runs"
    )
    parquet: bool = Field(default=False, description="Publish the tables as Parquet files, too")
    mirror: Annotated[SecretStr, AfterValidator(_postgres)] | None = Field(
        default=None, description="PostgreSQL database that shows the served version, postgresql://user@host/database"
    )
    mirror_reader: str | None = Field(
        default="outcomes_reader",
        pattern=r"^[a-z_][a-z0-9_]{0,62}$",
        description="Role that may read the mirror, created if allowed; null: grant nothing",
    )
    mirror_timeout_seconds: int = Field(default=300, ge=1, le=WEEK, description="Time that one mirroring may take")
    notify: Notify = Field(default=Notify(), description="Alerts and digest, by mail and to a chat")
    openlineage: str | None = Field(
        default=None, min_length=1, description="Send OpenLineage events of each refresh, under this namespace"
    )
    memory_limit: Annotated[ByteSize, BeforeValidator(_memory_size)] | None = Field(
        default=None,
        description="Memory of a refresh's queries together; default: three quarters of DuckDB's own limit",
    )
    threads: int | None = Field(
        default=None, ge=1, le=4096, description="CPUs of a refresh; default: those of its process"
    )
    engine: Literal["duckdb", "spark"] = Field(
        default="duckdb", description="What builds and measures: DuckDB in this process, or Apache Spark"
    )
    spark: Spark = Field(default=Spark(), description="Where Spark runs, with `engine: spark`")
    files: dict[str, FileSettings] = Field(
        default={}, description="How files are written that don't show it, by pattern of their names"
    )
    file_limits: FileLimits = Field(default=FileLimits(), description="How large a file may be")
    mapping_timeout: int = Field(
        default=1800, ge=1, le=WEEK, description="Seconds that one mapping or control total may take"
    )
    model_timeout: int = Field(default=3600, ge=1, le=WEEK, description="Seconds that one model may take")
    query_timeout: int = Field(
        default=600,
        ge=1,
        le=WEEK,
        description="Seconds that a query of `outcomes query` or `outcomes metrics` may take",
    )
    thresholds: Thresholds = Thresholds()
    success_bands: SuccessBands = SuccessBands()
    sources: Annotated[tuple[Declared, ...], AfterValidator(not_empty)] = Field(
        default=(FileSource(name="files"),), description="Where the feeds come from"
    )

    # each message begins with the key whose line is named
    @model_validator(mode="after")
    def _consistent(self) -> "Portfolio":
        if self.reporting_currency not in self.currencies:
            raise ValueError(f"reporting_currency {self.reporting_currency} is neither ISO 4217 nor one of tokens")
        if self.labour_cost == "rates" and "labour_categories" not in self.model_fields_set:
            raise ValueError(
                "labour_cost: rates needs labour_categories, the cost categories of the ledger that hours at rates "
                "replace ([] if it holds no labour), or labour would be counted twice"
            )
        if self.capital_cost == "amortised" and not self.depreciation_accounts:
            raise ValueError(
                "capital_cost: amortised needs depreciation_accounts, the codes of the accounts that depreciation is "
                "posted on, or capital spending would cost nothing"
            )
        if (self.discount_rate is None) != (self.discount_base_date is None):
            raise ValueError(
                "discount_rate and discount_base_date belong together: the annual rate, and the base date "
                "of discounting"
            )
        names = [source.name for source in self.sources]
        if len(set(names)) < len(names):
            raise ValueError("sources: two have the same name")
        return self

    @cached_property
    def currencies(self) -> frozenset[str]:
        """Every currency code that this portfolio accepts."""
        return frozenset(list_currencies()) | frozenset(self.tokens)

    @property
    def fetched(self) -> tuple[ApiSource, ...]:
        """The sources that are fetched from a tool."""
        return tuple(source for source in self.sources if isinstance(source, ApiSource))

    @property
    def zone(self) -> ZoneInfo:
        """The portfolio's time zone."""
        return ZoneInfo(self.time_zone)

    def now(self, as_of: date | None = None) -> datetime:
        """The as-of moment (aware, UTC): the last instant of the fixed day in the portfolio's zone, else the clock."""
        day = as_of or self.as_of
        if day is None:
            return datetime.now(UTC)
        return end_of_day(day, self.zone)

    def landing_rules(self) -> LandingRules:
        """The settings of this portfolio that landing uses."""
        return LandingRules(
            currencies=self.currencies,
            deleted_fail_share=self.thresholds.deleted_fail_share,
            quarantine_fail_share=self.thresholds.quarantine_fail_share,
            silent_days=self.thresholds.silent_days,
            time_zone=self.time_zone,
            customers_are_people=self.customers_are_people,
            files=self.files,
            file_limits=self.file_limits,
            mapping_timeout=self.mapping_timeout,
            source_names=frozenset(source.name for source in self.sources),
        )

    def build_settings(self, now: datetime) -> dict[str, Any]:
        """The settings that models and audits read as `landing.settings`, one row."""
        return {
            "portfolio_name": self.name,
            "portfolio_title": self.title,
            "is_generated": self.generated,
            "as_of_at": now.astimezone(UTC).replace(tzinfo=None),
            "as_of_date": now.astimezone(self.zone).date(),
            "time_zone": self.time_zone,
            "reporting_currency": self.reporting_currency,
            "fiscal_year_start_month": self.fiscal_year_start_month,
            "max_rate_age_days": self.max_rate_age_days,
            "observation_window_days": self.observation_window_days,
            "review_every": self.review_every,
            "privacy_minimum": self.privacy_minimum,
            "publish_comments": self.publish_comments,
            "gives": list(self.gives),
            "overhead_categories": list(self.overhead_categories),
            "run_item_types": list(self.run_item_types),
            "status_names": list(self.statuses),
            "status_categories": list(self.statuses.values()),
            "labour_cost": self.labour_cost,
            "labour_categories": list(self.labour_categories),
            "capital_cost": self.capital_cost,
            "depreciation_accounts": list(self.depreciation_accounts),
            "discount_rate": self.discount_rate,
            "discount_base_date": self.discount_base_date,
            "budget_version_replaces": self.budget_version_replaces,
            "success_band_good": self.success_bands.good,
            "success_band_fair": self.success_bands.fair,
            "success_band_some": self.success_bands.some,
            "quarantine_warn_share": self.thresholds.quarantine_warn_share,
            "quarantine_fail_share": self.thresholds.quarantine_fail_share,
            "silent_days": self.thresholds.silent_days,
            "largest_entry": self.thresholds.largest_entry,
        }


class Workspace(BaseModel):
    """One portfolio with the places of its files and its warehouse."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    home: Path
    portfolio: Portfolio
    key: str | None
    mirror_password: SecretStr | None = None
    smtp_password: SecretStr | None = None
    webhook: SecretStr | None = None

    @cached_property
    def limits(self) -> Limits:
        """The machine's memory and CPUs that a refresh may use."""
        machine = of_machine()
        return Limits(self.portfolio.memory_limit or machine.memory, self.portfolio.threads or machine.threads)

    @cached_property
    def identities(self) -> tuple[Identity, ...]:
        """The ids of sources that give way to others. Raises LandingError if their file can't be read."""
        given = self.portfolio.identities
        names = [source.name for source in self.portfolio.sources]
        return identities.read(self.folder / given, names) if given else ()

    def landing_rules(self) -> LandingRules:
        """The settings that landing uses, with the identities. Raises LandingError."""
        return self.portfolio.landing_rules().model_copy(update={"identities": self.identities})

    def secrets_of(self, source: ApiSource) -> Secrets:
        """The secrets of a source, from the environment or the home."""
        return Secrets(source, self.home, os.environ)

    @property
    def build(self) -> Path:
        """The folder of the private build; it can be deleted at any time."""
        return self.home / "build"

    @property
    def warehouse(self) -> Path:
        """The build's file of published schemas."""
        return self.build / "warehouse.duckdb"

    @property
    def stage(self) -> Path:
        """The build's file of landing views, staging, intermediate models and measures."""
        return self.build / "stage.duckdb"


def _place(path: tuple[int | str, ...]) -> yaml_file.Place:
    """A key's place as in the file: without the type, which pydantic adds after a source's number."""
    parts = tuple(str(part) for part in path)
    return parts[:2] + parts[3:] if parts[0:1] == ("sources",) else parts


def read_portfolio(folder: Path) -> Portfolio:
    """A portfolio's declaration. Raises PortfolioError naming file, line, key and what to do."""
    path = folder / "portfolio.yml"
    if not path.is_file():
        raise PortfolioError(
            f"{path}: there is no such file. To fix: name a portfolio's folder with --portfolio DIR or "
            "OUTCOMES_PORTFOLIO, or write its portfolio.yml (docs/portfolio.md)."
        )
    try:
        content, lines = yaml_file.read(path)
    except OSError as error:
        raise PortfolioError(f"{path}: it can't be read ({error.strerror}). To fix: make it readable.") from error
    except yaml_file.YamlError as error:
        place = f"{path}:{error.line}" if error.line else str(path)
        raise PortfolioError(f"{place}: {error.what}. To fix: correct that line.") from error
    return parse_portfolio(content, path, lines)


def parse_portfolio(content: Any, path: Path, lines: Mapping[yaml_file.Place, int] | None = None) -> Portfolio:
    """The declaration in the content of a portfolio.yml at `path`. Raises PortfolioError naming each wrong key.

    `lines` are those of the file, where it has been read from one.
    """
    try:
        return Portfolio.model_validate(content)
    except ValidationError as error:
        wrong = sorted((yaml_file.line_of(_named(e), lines or {}), _in_words(e)) for e in error.errors())
        first, *others = wrong
        said = "; ".join([first[1], *(f"line {line}: {what}" if lines else what for line, what in others)])
        place = f"{path}:{first[0]}" if lines else str(path)
        raise PortfolioError(
            f"{place}: {said}. To fix: correct {'these keys' if others else 'this key'} (docs/portfolio.md lists them)."
        ) from error


def _named(error: ErrorDetails) -> yaml_file.Place:
    """The place that an error is about; a rule about several keys says it in its first word."""
    return _place(error["loc"]) or (error["msg"].removeprefix("Value error, ").split()[0].rstrip(":"),)


# what is wrong with a value by pydantic's type of error, in our words
_WORDS = {
    "missing": "it is required",
    "extra_forbidden": "there is no such key",
    "model_type": "it must hold keys and values",
    "model_attributes_type": "it must hold keys and values",
    "date_type": "it must be a day, such as 2025-12-31",
    "date_parsing": "it must be a day, such as 2025-12-31",
    "date_from_datetime_parsing": "it must be a day, such as 2025-12-31",
    "date_from_datetime_inexact": "it must be a day without a time, such as 2025-12-31",
    "datetime_type": "it must be a moment with its zone, such as 2025-12-31T22:00:00Z",
    "datetime_parsing": "it must be a moment with its zone, such as 2025-12-31T22:00:00Z",
    "datetime_from_date_parsing": "it must be a moment with its zone, such as 2025-12-31T22:00:00Z",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "string_type": "it must be a text; put it in quotes",
    "string_too_short": "it must not be empty",
    "string_too_long": "it must not be longer than {max_length}",
    "finite_number": "it must be a finite number",
    "int_parsing_size": "it must be a smaller number",
    "invalid_key": "a key must be a text; put it in quotes",
    "tuple_type": "it must be a list",
    "dict_type": "it must hold keys and values",
    "greater_than": "it must be above {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be below {lt}",
    "less_than_equal": "it must be at most {le}",
    "literal_error": "it must be {expected}",
    "too_short": "it must have at least {min_length}",
    "too_long": "it must have at most {max_length}",
    "string_pattern_mismatch": "it must match {pattern}",
}
_PATTERNS = {
    "name": "it may have lower-case letters, digits, _ and -, and begins with a letter or digit",
    "mirror_reader": "it must be the name of a role: lower-case letters, digits and _",
}


def _in_words(error: ErrorDetails) -> str:
    """One wrong key of portfolio.yml: which, what is wrong, and its value."""
    place = _place(error["loc"])
    if error["type"] in _WORDS:
        said = _WORDS[error["type"]].format(**error.get("ctx", {}))
    else:
        said = error["msg"].removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch":
        said = _PATTERNS.get(place[-1] if place else "", said)
    given = error["input"]
    is_value = isinstance(given, str | int | float | date) and error["type"] not in ("value_error", "extra_forbidden")
    value = f" (it is {_short(given)})" if is_value else ""
    key = "" if not place and error["type"] == "value_error" else f"{'.'.join(place) or 'portfolio'}: "
    return f"{_visible(key)}{_visible(said)}{value}"


def _short(value: Any) -> str:
    """A value as text, in one line and cut where it is long."""
    try:
        text = _visible(str(value))
    except ValueError:  # a number of more digits than Python writes
        return "a number of thousands of digits"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _visible(text: str) -> str:
    """A text in one line; characters that no terminal shows are escaped."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _usual_portfolio() -> Path:
    """The portfolio where none is named: the current folder, else the bundled example. Raises PortfolioError."""
    for folder in (Path(), EXAMPLE):
        if (folder / "portfolio.yml").exists():
            return folder
    raise PortfolioError(
        f"no portfolio is named, and {Path().resolve()} has no portfolio.yml. To fix: name a portfolio's folder with "
        "--portfolio DIR or OUTCOMES_PORTFOLIO, or start one: outcomes init DIR"
    )


def workspace(portfolio: Path | None = None) -> Workspace:
    """The workspace of a portfolio's folder, by default the environment's. Raises PortfolioError."""
    environment = Environment()
    folder = (portfolio or environment.portfolio or _usual_portfolio()).resolve()
    declared = read_portfolio(folder)
    return Workspace(
        folder=folder,
        home=environment.home.resolve() / declared.name,
        portfolio=declared,
        key=environment.key,
        mirror_password=environment.mirror_password,
        smtp_password=environment.smtp_password,
        webhook=environment.webhook,
    )
