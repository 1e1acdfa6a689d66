"""The landed loads on disk: list them, freeze them for a refresh, and expose the frozen ones to a build.

A load is a folder `landing/<feed>/source=<source>/load=<ulid>/`; it is complete, as it is created by a rename.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from ulid import ULID

from sources import checks, seals
from sources.common.sql import literal
from sources.contracts import CALENDAR, Feed, load_contracts
from sources.errors import LandingError

Load = dict[str, Any]

SCHEMA_SOURCE = "_schema"  # an earlier release kept an empty load of each feed there

_NO_DATES = {"first_date": None, "last_date": None}

# settings that may be NULL, which has no type of its own
_MAY_BE_NULL: dict[str, pa.DataType] = {
    "review_every": pa.int64(),
    "discount_rate": pa.float64(),
    "discount_base_date": pa.date32(),
    "largest_entry": pa.float64(),
}
_COVERS = pa.list_(pa.list_(pa.date32()))
_LOADS: dict[str, pa.DataType] = {
    "load_seq": pa.int64(),
    **dict.fromkeys(("feed", "source", "load_id", "kind"), pa.string()),
    **dict.fromkeys(("deletes", "is_in_use"), pa.bool_()),
    **dict.fromkeys(("observed_at", "landed_at"), pa.timestamp("us")),
    **dict.fromkeys(("records", "landed", "quarantined", "excluded"), pa.int64()),
    **dict.fromkeys(("landed_rows", "quarantined_rows", "excluded_rows"), pa.int64()),
    "covers": _COVERS,
    "extra_columns": pa.list_(pa.string()),
    **dict.fromkeys(("first_date", "last_date"), pa.date32()),
}


def load_folder(home: Path, feed: str, source: str, load_id: str) -> Path:
    """The folder of a load."""
    return home / "landing" / feed / f"source={source}" / f"load={load_id}"


def folders(home: Path, source: str = "*", feed: str = "*") -> list[Path]:
    """The folders of the visible loads."""
    found = (home / "landing").glob(f"{feed}/source={source}/load=*")
    return sorted(folder for folder in found if folder.parent.name != f"source={SCHEMA_SOURCE}")


def _records(home: Path, places: Iterable[Path]) -> list[Load]:
    found = [(folder, seals.read(folder)) for folder in places]
    if damage := next((one for _, one in found if isinstance(one, seals.Damage)), None):
        raise damage.error(home)
    records = [one for _, one in found if not isinstance(one, seals.Damage)]
    return sorted(records, key=lambda load: (load["load_id"], load["feed"]))


def refuse_damaged(home: Path, chosen: Iterable[Load]) -> None:
    """Read every part of these loads. Raises LandingError if one is not as it landed."""
    for load in chosen:
        for damage in seals.damaged_parts(load_folder(home, load["feed"], load["source"], load["load_id"]), load):
            raise damage.error(home)


def all_loads(home: Path) -> list[Load]:
    """The record (`load.json`) of every visible load, in landing order. Raises LandingError for a damaged one."""
    return _records(home, folders(home))


def of_source(home: Path, source: str, feed: str = "*") -> list[Load]:
    """The record of every visible load of a source, or of one feed of it, in landing order."""
    return _records(home, folders(home, source, feed))


def latest(known: Iterable[Load], observed_at: str | None = None) -> dict[str, Load]:
    """Of a source's loads the newest of each feed, by feed; of those observed at one moment, where it is given."""
    return {load["feed"]: load for load in known if observed_at is None or load["observed_at"] == observed_at}


def before(known: Iterable[Load], feed: str, observed_at: str) -> list[Load]:
    """Of a source's loads those of a feed that were observed by a moment, oldest first: those that a load is compared
    with, in whatever order the loads land."""
    found = [load for load in known if load["feed"] == feed and load["observed_at"] <= observed_at]
    return sorted(found, key=lambda load: (load["observed_at"], load["load_id"]))


def is_superseded(known: Iterable[Load], feed: str, observed_at: str) -> bool:
    """Whether a snapshot of a moment isn't in use, because of a source's loads one that was observed later is there."""
    return any(
        load["kind"] == "snapshot" and load["observed_at"] > observed_at for load in known if load["feed"] == feed
    )


def next_load_id(last: dict[str, Load]) -> str:
    """A ULID that sorts after every load of the source, even if the clock went back."""
    fresh = ULID()
    newest = max((load["load_id"] for load in last.values()), default="")
    if str(fresh) > newest:
        return str(fresh)
    return str(ULID.from_timestamp(ULID.from_str(newest).milliseconds + 1))


def rows_select(feed: Feed, parts: Mapping[str, int]) -> str:
    """SQL of the rows in files of a feed's loads: its columns and `load_seq`, which `parts` gives for each file.

    The columns and their types are there without a file, too.
    """
    empty = f"select *, null::bigint as load_seq from ({checks.schema_select(feed)})"
    if not parts:
        return empty
    files = ", ".join(map(literal, parts))
    numbered = ", ".join(f"({literal(path)}, {load_seq}::bigint)" for path, load_seq in parts.items())
    # a file's name is the same for all of its rows: to compare it whole takes a tenth of what splitting it would
    return f"""{empty} union all by name
        select rows.* exclude (filename), parts.load_seq
        from read_parquet([{files}], union_by_name = true, hive_partitioning = false, filename = true) as rows
        inner join (values {numbered}) as parts(filename, load_seq) on rows.filename = parts.filename"""


def files_of(home: Path, load: Mapping[str, Any]) -> list[str]:
    """The Parquet files of a load."""
    folder = load_folder(home, load["feed"], load["source"], load["load_id"])
    return sorted(str(path) for path in folder.glob("part-*.parquet"))


def limit_deletions(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    earlier: list[Load],
    feed: Feed,
    rows: str,
    deletes: bool,
    limit: float,
    where: str,
    landed_rows: int,
) -> None:
    """Refuse a snapshot that would delete more than `limit` (share) of the keys in `earlier` loads.

    `rows`: SQL of the rows to land. Raises LandingError with the counts. A load with an unreadable key deletes nothing
    and passes.
    """
    since = max((i for i, load in enumerate(earlier) if load["kind"] == "snapshot" and load["deletes"]), default=0)
    refuse_damaged(home, earlier[since:])
    parts = [part for load in earlier[since:] for part in files_of(home, load)]
    if not parts:
        return
    keys = ", ".join(c.name for c in feed.keys)
    files = ", ".join(literal(part) for part in parts)
    row = connection.execute(f"""
        with shown as (
            select distinct {keys} from read_parquet([{files}], union_by_name=true, hive_partitioning=false)
        ),
        new as (select distinct {keys} from ({rows}))
        select (select count(*) from shown), (select count(*) from (select * from shown except select * from new))
    """).fetchone()
    shown, deleted = row or (0, 0)
    if shown and not landed_rows:
        raise LandingError(
            f"feed {feed.name} has 0 good rows, but the source had {shown:,} before.",
            where,
            "check that the export is complete; if the feed is really empty now, remove its mapping or file, and run "
            "`outcomes refresh --withdraw` once.",
        )
    if deletes and deleted > limit * shown:
        raise LandingError(
            f"it would delete {deleted:,} of {shown:,} rows of feed {feed.name} ({deleted / shown:.0%}, "
            f"limit {limit:.0%}).",
            where,
            "check that the export is complete; if they were really deleted, raise thresholds.deleted_fail_share "
            "for one refresh.",
        )


@dataclass(frozen=True)
class Frozen:
    """The loads that one refresh reads."""

    loads: tuple[Load, ...]
    as_of: datetime

    @property
    def in_use(self) -> frozenset[int]:
        """The positions in `loads` of those that are in use: of each feed and source the newest snapshot, and every
        increment after it."""
        newest: dict[tuple[str, str], int] = {}
        for position, load in enumerate(self.loads):
            if load["kind"] == "snapshot":
                newest[load["feed"], load["source"]] = position
        return frozenset(
            position
            for position, load in enumerate(self.loads)
            if position >= newest.get((load["feed"], load["source"]), 0)
        )

    @property
    def fingerprint(self) -> str:
        """Changes if any load is added, removed, replaced or rewritten."""
        names = ("feed", "source", "load_id", "fingerprint", "rewritten_at")
        listed = [[load[name] for name in names if name in load] for load in self.loads]
        return hashlib.sha256(json.dumps(sorted(listed)).encode()).hexdigest()


Given = frozenset[tuple[str, str]]  # sources, each with a feed of it


def apart_from(found: Iterable[Load], given: Given) -> list[Load]:
    """Those of the loads whose feed isn't given."""
    return [load for load in found if (load["source"], load["feed"]) not in given]


def freeze(home: Path, as_of: datetime, observed_by: datetime | None = None, given: Given | None = None) -> Frozen:
    """The list of loads to read: all visible ones, or those observed by a moment (aware), or of the feeds given."""
    found = [load for load in all_loads(home) if given is None or (load["source"], load["feed"]) in given]
    if observed_by is not None:
        found = [load for load in found if datetime.fromisoformat(load["observed_at"]) <= observed_by]
    # what was observed last is last, so that a new load changes the number of no other
    found.sort(key=lambda load: (load["observed_at"], load["load_id"], load["feed"]))
    return Frozen(tuple(found), as_of)


def expose(frozen: Frozen, home: Path, stage: Path, settings: dict[str, Any]) -> None:
    """Expose the frozen loads to a build as `landing.<feed>` in its stage file.

    Besides one view per feed: `landing.feeds` (one row per feed with the names of its columns), `landing.loads` (one
    row per frozen load, with the first and last day in its rows), `landing.quarantine` (rejected rows, one row each),
    `landing.warnings` (what is to be said of landed rows of the loads in use), `landing.settings` (one row: the
    portfolio's settings and the as-of moment) and `landing.contents` (what each view holds, as a fingerprint).

    Raises LandingError, and shows nothing, if a part of them is not as it landed.
    """
    home = home.resolve()
    refuse_damaged(home, frozen.loads)
    with duckdb.connect(str(stage)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("drop schema if exists landing cascade; create schema landing")
        in_use = frozen.in_use
        listed: list[Load] = [
            {**load, **load["counts"], "load_seq": at + 1, "is_in_use": at in in_use, **_NO_DATES}
            for at, load in enumerate(frozen.loads)
        ]
        rows = {name: [_arrow_value(kind, row[name]) for row in listed] for name, kind in _LOADS.items()}
        connection.register("frozen_loads", pa.table(rows, schema=pa.schema(list(_LOADS.items()))))
        connection.execute("create table landing.loads as select * from frozen_loads")
        # every list is a list of texts; an empty one has no type by itself, nor has NULL
        kinds = _MAY_BE_NULL | {name: pa.list_(pa.string()) for name, v in settings.items() if isinstance(v, list)}
        columns = {name: pa.array([value], kinds.get(name)) for name, value in settings.items()}
        connection.register("portfolio_settings", pa.table(columns))
        connection.execute("create table landing.settings as select * from portfolio_settings")
        rejects = [
            path
            for load in frozen.loads
            if (
                path := home
                / "quarantine"
                / load["feed"]
                / f"source={load['source']}"
                / f"load={load['load_id']}.parquet"
            ).exists()
        ]
        files = f"[{', '.join(literal(p) for p in rejects)}]"
        listed_rejects = f"read_parquet({files}, hive_partitioning=false)" if rejects else f"({_no_rejects()})"
        connection.execute(f"create view landing.quarantine as select * from {listed_rejects}")
        describe_feeds(connection)
        for feed in load_contracts().values():
            parts = {
                part: load["load_seq"] for load in listed if load["feed"] == feed.name for part in files_of(home, load)
            }
            columns = ", ".join(f"landed.{c.name}" for c in feed.columns)
            connection.execute(f"""
                create view landing.{feed.name} as
                select {columns}, landed._file, landed._record, landed._extra, landed._warnings, landed._row_kind,
                    loads.source,
                    loads.load_id, loads.load_seq, loads.kind as load_kind, loads.deletes, loads.observed_at
                from ({rows_select(feed, parts)}) as landed
                inner join landing.loads as loads on landed.load_seq = loads.load_seq
            """)
            date_loads(connection, feed)
        connection.execute(f"create view landing.warnings as {_warnings_select()}")
        _note_contents(connection, frozen)


def _note_contents(connection: duckdb.DuckDBPyConnection, frozen: Frozen) -> None:
    """Create `landing.contents`: what each view of landed rows holds, by the records of its loads, which seal them."""
    numbered = [(at, load) for at, load in enumerate(frozen.loads)]
    of_feeds = {name: [pair for pair in numbered if pair[1]["feed"] == name] for name in load_contracts()}
    rows = [
        [name, hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()]
        for name, held in {**of_feeds, "quarantine": numbered, "warnings": numbered}.items()
    ]
    connection.execute("create table landing.contents (relation_name varchar, fingerprint varchar)")
    connection.executemany("insert into landing.contents values ('landing.' || ?, ?)", rows)


def date_loads(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Give a feed's rows of `landing.loads` the first and last day in their rows, within the calendar."""
    days = [day for c in feed.columns if (day := checks.day_of(c, c.name))]
    if not days:
        return
    first, last = (f"date {literal(str(day))}" for day in CALENDAR)
    connection.execute(f"""
        update landing.loads
        set first_date = greatest(found.first_date, {first}), last_date = least(found.last_date, {last})
        from (
            select load_seq, min(least({", ".join(days)})) as first_date, max(greatest({", ".join(days)})) as last_date
            from landing.{feed.name} where _row_kind = 'row' group by load_seq
        ) as found
        where loads.load_seq = found.load_seq and found.first_date is not null
    """)


def _warnings_select() -> str:
    """One row per warning of a landed row: its load, origin, column, rule and message."""
    warned = " union all ".join(
        f"select {literal(name)} as feed, load_seq, source, load_id, _file, _record, _warnings from landing.{name}"
        for name in load_contracts()
    )
    kinds = '[{"column": "VARCHAR", "rule": "VARCHAR", "message": "VARCHAR"}]'
    return f"""
        with warned as (
            select *, unnest(from_json(_warnings, {literal(kinds)})) as warning
            from ({warned})
            where _warnings is not null and load_seq in (select load_seq from landing.loads where is_in_use)
        )
        select feed, source, load_id, _file, _record, warning.column, warning.rule, warning.message
        from warned
    """


def describe_feeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `landing.feeds`: one row per feed with the names of its columns and keys, in the contract's order, and
    whether a month without rows is unlikely."""
    columns = "feed varchar, column_names varchar[], key_names varchar[], is_continuous boolean"
    connection.execute(f"create table landing.feeds ({columns})")
    connection.executemany(
        "insert into landing.feeds values (?, ?, ?, ?)",
        [
            [f.name, [c.name for c in f.columns], [k.name for k in f.keys], f.continuous]
            for f in load_contracts().values()
        ],
    )


def _no_rejects() -> str:
    names = ("feed", "source", "load_id", "_file", "_record", "column", "rule", "message", "violations", "original")
    types = {"_record": "bigint"}
    return "select " + ", ".join(f'null::{types.get(n, "varchar")} as "{n}"' for n in names) + " where false"


def _arrow_value(kind: Any, value: Any) -> Any:
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    if kind == _COVERS and value is not None:
        return [[date.fromisoformat(day) for day in interval] for interval in value]
    return value
