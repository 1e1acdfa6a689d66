"""What a feed's mapping gives now: mapped and checked in a sandbox as at landing, but nothing is landed.

It needs neither a home nor a pseudonym key, and goes on where landing would stop, so that all that is wrong is seen
at once. Whether a snapshot would delete too many rows is judged at landing alone.
"""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from sources import checks, pulled
from sources.common.limits import Limits
from sources.common.sql import identifier
from sources.config import FileSource, LandingRules
from sources.errors import LandingError
from sources.fetching.source import ApiSource
from sources.files import RawFile
from sources.landing import (
    STAR,
    Mapping,
    as_shown,
    columns_named,
    files_of,
    map_feed,
    mappings,
    raw_files_of,
    record_numbers,
    unread_among,
)
from sources.reader import offer, one_select, sandbox, unreadable, within

UNMAPPED = "unmapped.sql"


@dataclass(frozen=True)
class Preview:
    """What one source's mapping of a feed gives: its counts, what is wrong, and its first rows.

    `files` are those that it reads, with how each is written. `problems` say why the feed would not land; without any
    it would. `totals` are its control totals, `unfilled` the contract's columns without a value in any row that would
    land, `extra` the columns outside the contract. `rows` are the first that would land, as texts of the `columns` that
    have a value, personal ones masked. `ends` says that its newest row is long before now.
    """

    source: str
    mapping: str
    files: dict[str, str]
    counts: dict[str, int] = field(default_factory=dict[str, int])
    rejects: list[checks.Rejects] = field(default_factory=list[checks.Rejects])
    warnings: list[checks.Rejects] = field(default_factory=list[checks.Rejects])
    excluded: dict[str, int] = field(default_factory=dict[str, int])
    totals: list[checks.Total] = field(default_factory=list[checks.Total])
    unfilled: list[str] = field(default_factory=list[str])
    extra: list[str] = field(default_factory=list[str])
    columns: list[str] = field(default_factory=list[str])
    rows: list[tuple[str | None, ...]] = field(default_factory=list[tuple[str | None, ...]])
    problems: list[str] = field(default_factory=list[str])
    ends: str = ""


def preview(
    portfolio: Path, source: FileSource, feed: str, rules: LandingRules, rows: int, limits: Limits | None = None
) -> Preview:
    """Map and check one feed of a source, of its newest dated folder if it has a history; `rows` are shown.

    Raises LandingError where nothing can be shown: a file can't be read, the SQL is wrong, or there is no mapping.
    """
    portfolio = portfolio.resolve()
    shown = as_shown(portfolio, source, rules)[-1]
    found = next((m for m in mappings(portfolio, shown, rules) if m.feed.name == feed), None)
    if found is None:
        raise LandingError(
            f"source {source.name} gives no {feed}.",
            "feeds/",
            f"write feeds/{feed}.sql, a SELECT over the files, or put the feed itself there as {feed}.csv. "
            f"To draft it: outcomes init {portfolio} --from FILE --feed {feed}.",
        )
    contract = found.feed.in_portfolio(customers_are_people=rules.customers_are_people)
    with _sandbox(portfolio, shown, limits) as (connection, copies):
        try:
            return _look(connection, portfolio, shown, replace(found, feed=contract), rules, rows, copies)
        except duckdb.Error as error:
            raise unreadable(found.shown, error) from error


@contextmanager
def _sandbox(
    portfolio: Path, source: FileSource, limits: Limits | None
) -> Generator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A sandbox of a source in a scratch folder, and its folder for copies of files."""
    named = {"source": source.name} | source.mapping_settings()
    with tempfile.TemporaryDirectory(prefix="outcomes-") as scratch:
        folders = (source.place(portfolio) / source.path, portfolio / "feeds", Path(scratch) / "read")
        connection = sandbox(Path(scratch) / "spill", *folders, limits=limits, variables=named)
        try:
            yield connection, folders[-1]
        finally:
            connection.close()


def _look(
    connection: duckdb.DuckDBPyConnection,
    portfolio: Path,
    source: FileSource,
    mapping: Mapping,
    rules: LandingRules,
    limit: int,
    copies: Path,
) -> Preview:
    feed, where, files = mapping.feed, mapping.shown, raw_files_of(portfolio, source, rules)
    read = [mapping.plain] if mapping.plain else files_of(mapping.path, files, connection)
    others = files_of(mapping.control, files, connection) if mapping.control else []
    offered = [
        offer(connection, raw, copies, "plain" if raw is mapping.plain else "raw", rules.file_limits)
        for raw in read + [raw for raw in others if raw not in read]
    ]
    map_feed(connection, mapping, offered, copies, rules)
    numbers = record_numbers(connection, mapping, read)
    columns, extra = checks.columns_of(connection, feed, where, [])
    written = {raw.relative: raw.settings for raw in read}
    checks.check_rows(connection, feed, columns, extra, rules.currencies, written, rules.same_in(source.name))
    per_file = checks.records_per_file(connection, feed)
    counts = checks.counts_of(connection, feed, per_file)
    totals = checks.control_totals(connection, feed, mapping.control.name) if mapping.control else []
    problems = [
        f"the control total {t.measure} of {mapping.control.name} differs. To fix: find the rows that the mapping "
        "loses, repeats or changes; or, if it gives several rows of a record, say so there"
        for t in totals
        if mapping.control and t.found != t.expected
    ]
    try:
        checks.account_for_records(per_file, numbers, where)
    except LandingError as error:
        problems.append(f"{error.what} To fix: {error.do}")
    if said := checks.too_many_rejects(feed, counts, rules.quarantine_fail_share):
        problems.append(said)
    filled = checks.filled_columns(connection, feed)
    seen_at = source.moment(datetime.now(UTC))
    is_bounded = source.covers_of(feed.name, seen_at) is not None
    ends = "" if is_bounded else checks.silence(connection, feed, seen_at.date(), rules.silent_days)
    return Preview(
        source.name,
        mapping.path.relative_to(portfolio).as_posix()
        if mapping.path.is_relative_to(portfolio)
        else f"the connector's {where}",
        {file.raw.relative: file.words for file in offered if file.raw in read},
        counts,
        checks.rejects(connection, feed),
        checks.warnings(connection, feed),
        checks.excluded_reasons(connection, feed),
        totals,
        [c.given_as for c in feed.columns if c.name not in filled],
        extra,
        [c.given_as for c in feed.columns if c.name in filled],
        checks.first_rows(connection, feed, filled, limit),
        problems,
        ends,
    )


@dataclass(frozen=True)
class Unread:
    """What no mapping of a source reads: files, and of those that one reads, the columns that none names, each with how
    many records have a value there."""

    files: tuple[str, ...]
    columns: dict[str, dict[str, int]]


def unread(portfolio: Path, source: FileSource, rules: LandingRules) -> Unread:
    """What no mapping of the source reads, of its newest dated folder if it has a history.

    Raises LandingError where a file can't be read or a mapping is wrong.
    """
    portfolio = portfolio.resolve()
    shown = as_shown(portfolio, source, rules)[-1]
    files = raw_files_of(portfolio, shown, rules)
    named: dict[str, set[str]] = {}
    read: list[RawFile] = []
    columns_left: dict[str, dict[str, int]] = {}
    with _sandbox(portfolio, shown, None) as (connection, copies):
        for mapping in mappings(portfolio, shown, rules):
            if mapping.control:
                read += files_of(mapping.control, files, connection)
            if mapping.plain:
                continue
            columns = columns_named(mapping.path, connection)
            for raw in files_of(mapping.path, files, connection):
                read.append(raw)
                named.setdefault(raw.name, set()).update(columns)
        for name, columns in named.items():
            offered = offer(connection, files[name], copies, "raw", rules.file_limits)
            left = [column for column in offered.columns if column.lower() not in columns]
            if left and STAR not in columns:
                counted = ", ".join(f"count({identifier(column)})" for column in left)
                with within(connection, rules.mapping_timeout, files[name].relative):
                    counts = connection.execute(f"select {counted} from raw.{identifier(name)}").fetchone() or ()
                columns_left[files[name].relative] = dict(zip(left, counts, strict=True))
    return Unread(unread_among(files, read), columns_left)


def unmapped_names(home: Path, source: ApiSource) -> list[tuple[str, str, int]]:
    """What a tool's last snapshot has names for and its settings say nothing of: setting, name, how often it occurs.

    The vendor's `unmapped.sql` says what that may be. Raises LandingError where a pull can't be read.
    """
    path, last = source.folder / UNMAPPED, pulled.last_snapshot(home, source)
    if not path.exists() or last is None:
        return []
    with _sandbox(Path(last.path), last, None) as (connection, copies):
        for raw in files_of(path, pulled.raw_files(last), connection):
            offer(connection, raw, copies)
        try:
            return connection.execute(f"from ({one_select(connection, path)}) order by 3 desc, 1, 2").fetchall()
        except duckdb.Error as error:
            raise unreadable(path.name, error) from error
