"""Count the feed rows that differ between two lists of loads: new, corrected and deleted ones.

The current row of a key is chosen as in staging: the latest load's, unless the source's last snapshot no longer has
the key.
"""

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sources.common.sql import literal
from sources.contracts import Feed, load_contracts
from sources.loads import files_of, load_folder, of_source, refuse_damaged, rows_select

MEMBERS = ("initiative", "team", "product")  # dimensions by which metrics are measured
SCHEMA = pa.schema(
    [
        ("feed", pa.string()),
        ("change", pa.string()),
        ("days", pa.list_(pa.date32())),
        *((f"{member}_ids", pa.list_(pa.string())) for member in MEMBERS),
        ("rows", pa.int64()),
    ]
)
MEMORY_LIMIT = "1GB"


@dataclass(frozen=True)
class Changes:
    """What differs between two lists of loads.

    `rows`: one row per feed, kind of change (new, corrected, deleted) and set of the days (the portfolio's) and
    initiatives, teams and products that such rows have before or after, with the number of rows; a row without an
    id has '', and if the feed has no such column the set is empty. `unknown`: feeds that can't be compared, because
    a load is no longer in landing.
    """

    rows: pa.Table
    unknown: list[str] = field(default_factory=list[str])


def row_changes(
    home: Path, before: Collection[Mapping[str, Any]], after: Collection[Mapping[str, Any]], zone: str
) -> Changes:
    """What differs between two versions' loads (dicts with feed, source and load_id), landed at `home`.

    `zone` is the IANA zone by which a timestamp has its day.
    """
    tables, unknown = [SCHEMA.empty_table()], list[str]()
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'; set temp_directory = {literal(spill)}")
        connection.execute("set TimeZone = 'UTC'")
        for feed in load_contracts().values():
            listed = [{_name(load) for load in loads if load["feed"] == feed.name} for loads in (before, after)]
            if listed[0] == listed[1]:
                continue
            records = _records(home, feed, listed[0] | listed[1])
            if records is None:
                unknown.append(feed.name)
                continue
            ordered = sorted(records, key=lambda load: (load["observed_at"], load["load_id"]))
            rows = [
                {
                    "source": load["source"],
                    "load_id": load["load_id"],
                    "load_seq": seq,
                    "is_before": _name(load) in listed[0],
                    "is_after": _name(load) in listed[1],
                    "is_truth": load["kind"] == "snapshot" and load["deletes"],
                }
                for seq, load in enumerate(ordered, start=1)
            ]
            connection.register("loads", pa.Table.from_pylist(rows))
            tables.append(connection.execute(_changes_sql(home, feed, ordered, zone)).to_arrow_table().cast(SCHEMA))
            connection.unregister("loads")
    return Changes(pa.concat_tables(tables), unknown)


def _name(load: Mapping[str, Any]) -> tuple[str, str]:
    return load["source"], load["load_id"]


def _records(home: Path, feed: Feed, names: Collection[tuple[str, str]]) -> list[dict[str, Any]] | None:
    """The records of a feed's loads; None if one is missing. Raises LandingError if one is damaged."""
    if not all(load_folder(home, feed.name, source, load_id).is_dir() for source, load_id in names):
        return None
    found = [load for load in of_source(home, "*", feed.name) if _name(load) in names]
    refuse_damaged(home, found)
    return found


def _changes_sql(home: Path, feed: Feed, ordered: list[dict[str, Any]], zone: str) -> str:
    parts = {part: seq for seq, load in enumerate(ordered, start=1) for part in files_of(home, load)}
    keys = [c.name for c in feed.keys]
    columns = [c.name for c in feed.columns]
    same_key = " and ".join(f"old.{key} is not distinct from new.{key}" for key in keys)
    differs = " or ".join(f"old.{name} is distinct from new.{name}" for name in columns)
    days = [
        f"{side}.{c.name}" if c.type == "date" else f"timezone({literal(zone)}, timezone('UTC', {side}.{c.name}))::date"
        for c in feed.columns
        if c.type in ("date", "timestamp")
        for side in ("old", "new")
    ]
    members = {
        member: [
            f"case when {side}.load_seq is not null then coalesce({side}.{member}_id, '') end"
            for side in ("old", "new")
            if f"{member}_id" in columns
        ]
        for member in MEMBERS
    }
    return f"""
        with landed as (
            select {", ".join(f"rows.{name}" for name in columns)}, rows._row_kind, loads.*
            from ({rows_select(feed, parts)}) as rows
            inner join loads on rows.load_seq = loads.load_seq
        ),
        {_current("before", keys)},
        {_current("after", keys)},
        compared as (
            select
                case when old.load_seq is null then 'new' when new.load_seq is null then 'deleted' else 'corrected' end
                    as change,
                {_distinct(days, "date")} as days,
                {", ".join(f"{_distinct(ids, 'varchar')} as {member}_ids" for member, ids in members.items())}
            from before_rows as old
            full join after_rows as new on {same_key}
            where old.load_seq is null or new.load_seq is null or {differs}
        )
        select {literal(feed.name)} as feed, *, count(*) as rows from compared group by all order by all
    """


def _current(side: str, keys: list[str]) -> str:
    """CTEs of the current rows of one side, as `<side>_rows`."""
    key = ", ".join(keys)
    return f"""
        {side}_truths as (
            select source, max(load_seq) as truth_seq from loads where is_{side} and is_truth group by source
        ),
        {side}_shown as (
            select *, max(load_seq) over (partition by source, {key}) as last_shown_seq from landed where is_{side}
        ),
        {side}_rows as (
            select shown.*
            from {side}_shown as shown
            left join {side}_truths as truths on shown.source = truths.source
            where shown._row_kind = 'row' and shown.last_shown_seq >= coalesce(truths.truth_seq, 0)
            qualify row_number() over (partition by {key} order by shown.load_seq desc) = 1
        )"""


def _distinct(values: list[str], kind: str) -> str:
    """SQL of the sorted list of the values there are."""
    return f"list_sort(list_distinct([{', '.join(values)}]::{kind}[]))"
