"""The relations that independent recomputations read: the landed feeds, and the periods of days.

A recomputation names these relations as `feed.<name>`:

- `feed.<feed>`: the current row of each key, the latest version; a key missing from the source's latest snapshot is
  deleted. Beside a feed's `team_id`, `product_id`, `initiative_id`, `objective_id` is the member that a figure is
  published under (`team`, `product`, `initiative`, `objective`): the id itself; -1 if the source says unknown, -2 if
  there is no id, -3 if no source has the member yet.
- `feed.<feed>_history`: one row per key and moment at which the feed was observed, valid from `at_moment` to before
  `next_moment` (9999-12-31 for the last): the current row by the loads observed by then; of several loads of one
  moment the last one counts. While no source has the key, there is no row. Before its first moment, from 0001-01-01
  on, a key has its first row.
- `feed.<feed>_deleted`: one row per deleted key: its last row.
- `feed.<feed>_loads`: the rows of `stage.landing.loads` of a feed.
- one relation per SQL file in this folder, whose first line describes it: `feed.days`, `feed.rates`, `feed.answers`,
  `feed.cost_entries` and so on. They read `feed.*` in turn.

They are written from the rules of the feeds and share no code with dbt's models. A feed's columns and keys come from
`stage.landing.feeds` in the build.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import NamedTuple

import duckdb

from sources.common.contents import Contents

# the members that feed rows refer to: the column in the published figure, and the relation that holds them
# (a deleted member keeps its name, except objectives, which have no history)
MEMBERS = {
    "team": "(select * from stage.landing.teams where _row_kind = 'row')",
    "product": "(select * from stage.landing.products where _row_kind = 'row')",
    "initiative": "(select * from stage.landing.initiatives where _row_kind = 'row')",
    "objective": "feed.objectives",
}
_READ, _AS_CTE = re.compile(r"\bfeed\.(\w+)"), r"feed_\1"


class Shape(NamedTuple):
    """A feed's columns and key columns."""

    columns: list[str]
    keys: list[str]


def shapes(connection: duckdb.DuckDBPyConnection) -> dict[str, Shape]:
    """Every feed of the build attached as `stage`, by name."""
    listed = connection.execute("select feed, column_names, key_names from stage.landing.feeds").fetchall()
    return {feed: Shape(columns, keys) for feed, columns, keys in listed}


def _members(shape: Shape, rows: str) -> str:
    """The columns of the members that a feed's rows, named `rows`, are published under."""
    return "".join(
        f""",
        case
            when {rows}.{member}_id is null
            then '-2'
            when lower({rows}.{member}_id) = 'unknown'
            then '-1'
            when {rows}.{member}_id in (select {member}_id from {known})
            then {rows}.{member}_id
            else '-3'
        end as {member}"""
        for member, known in MEMBERS.items()
        if f"{member}_id" in shape.columns and shape.keys != [f"{member}_id"]
    )


def feed_sql(feed: str, shape: Shape) -> str:
    """The SELECT behind `feed.<feed>`, on the stage file."""
    keys = ", ".join(shape.keys)
    same_key = " and ".join(f"landed.{key} is not distinct from standing_keys.{key}" for key in shape.keys)
    return f"""
    with
        landed as (select * from stage.landing.{feed}),
        last_snapshots as (
            select source, max(load_seq) as last_snapshot
            from feed.{feed}_loads
            where kind = 'snapshot' and deletes
            group by source
        ),
        -- by source, as a key that one has no more may stand in another; to sort the rows would take twice as long
        shown_keys as (
            select source, {keys}, max(load_seq) as last_shown, max(load_seq) filter (_row_kind = 'row') as last_row
            from landed
            group by all
        ),
        standing_keys as (
            select {keys}, max(last_row) as load_seq
            from shown_keys
            left join last_snapshots using (source)
            where last_shown >= coalesce(last_snapshot, 0)
            group by all
        ),
        standing as (
            select landed.*
            from landed
            semi join standing_keys on landed.load_seq = standing_keys.load_seq and {same_key}
            where _row_kind = 'row'
        )
    select standing.*{_members(shape, "standing")} from standing
"""


def history_sql(feed: str, shape: Shape, rows: str) -> str:
    """The SELECT behind `feed.<feed>_history`, of these rows of the feed (a FROM clause that names them `landed`)."""
    keys = ", ".join(shape.keys)
    return f"""
    with
        landed_rows as (select landed.*{_members(shape, "landed")} from {rows}),
        first_rows as (
            select * from landed_rows
            where _row_kind = 'row'
            qualify row_number() over (partition by {keys} order by observed_at, load_seq desc) = 1
        ),
        moments as (
            select at_moment, lead(at_moment, 1, timestamp '9999-12-31') over (order by at_moment) as next_moment
            from (
                select timestamp '0001-01-01' as at_moment
                union
                select observed_at from feed.{feed}_loads
            )
        ),
        last_snapshots as (
            select at_moment, source, max(load_seq) as last_snapshot
            from moments
            inner join feed.{feed}_loads as loads on observed_at <= at_moment
            where kind = 'snapshot' and deletes
            group by all
        ),
        held_rows as (
            select at_moment, next_moment, landed_rows.*
            from landed_rows
            inner join moments on observed_at <= at_moment
            left join last_snapshots using (at_moment, source)
            qualify
                max(load_seq) over (partition by at_moment, landed_rows.source, {keys}) >= coalesce(last_snapshot, 0)
        )
    select at_moment, next_moment, first_rows.*
    from first_rows
    inner join moments on at_moment < observed_at
    union all
    select * from held_rows
    where _row_kind = 'row'
    qualify row_number() over (partition by at_moment, {keys} order by load_seq desc) = 1
"""


def loads_sql(feed: str) -> str:
    """The SELECT behind `feed.<feed>_loads`."""
    return f"select * from stage.landing.loads where feed = '{feed}'"


def deleted_sql(feed: str, shape: Shape) -> str:
    """The SELECT behind `feed.<feed>_deleted`."""
    keys = ", ".join(shape.keys)
    rows = f"stage.landing.{feed} as landed anti join feed.{feed} as current_rows using ({keys})"
    return f"""
    select * exclude (at_moment, next_moment) from ({history_sql(feed, shape, rows)})
    qualify row_number() over (partition by {keys} order by at_moment desc) = 1
"""


def _relation_sql(name: str, feeds: Mapping[str, Shape]) -> str:
    """The SELECT behind `feed.<name>`. Raises KeyError if there is no such relation."""
    if (select := _file_sql(name)) is not None:
        return select
    feed, _, kind = name.rpartition("_")
    if kind == "loads":
        return loads_sql(feed)
    if kind == "history":
        return history_sql(feed, feeds[feed], f"stage.landing.{feed} as landed")
    return deleted_sql(feed, feeds[feed]) if kind == "deleted" else feed_sql(name, feeds[name])


@cache
def _file_sql(name: str) -> str | None:
    file = resources.files(__name__) / f"{name}.sql"
    return file.read_text().strip() if file.is_file() else None


def _relations(sql: str, feeds: Mapping[str, Shape]) -> dict[str, str]:
    """The `feed` relations that a query depends on, each with its SELECT, in order of dependency.

    Raises KeyError if there is no such relation.
    """
    ordered: dict[str, str] = {}

    def visit(text: str) -> None:
        for name in _named(text):
            if name not in ordered:
                select = _relation_sql(name, feeds)
                visit(select)
                ordered[name] = select

    visit(sql)
    return ordered


def relations(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    """The `feed` relations that a query on a build depends on, each with its SELECT."""
    return _relations(sql, shapes(connection))


def provide(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Create each `feed.<name>` that a query reads, in memory, unless it is there; `stage` must be attached."""
    connection.execute("attach if not exists ':memory:' as feed (read_write)")
    there = connection.execute("select table_name from duckdb_tables() where database_name = 'feed'").fetchall()
    # DuckDB plans the SELECT of `create table if not exists`, which takes longer than most of these run
    for name, select in relations(connection, sql).items():
        if (name,) not in there:
            connection.execute(f"create table feed.{name} as {select}")


@dataclass
class Looked:
    """What the `feed` relations of a build hold.

    `before` says it by a fingerprint of what a relation was made of, as an earlier `found` did: what would be made of
    the same holds the same. Any other one of a file is made, and its rows summed up; of the rows of a feed, which a new
    load as good as always changes, what they are made of says it.
    """

    contents: Contents
    before: Mapping[str, str] = field(default_factory=dict[str, str])
    code: str = ""
    found: dict[str, str] = field(default_factory=dict[str, str])
    _held: dict[str, str] = field(default_factory=dict[str, str])  # by the relation's name

    def of(self, connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
        """What each relation holds that a query names. Raises duckdb.Error, and KeyError where there is no such one."""
        for name, select in relations(connection, sql).items():  # parents first
            if name not in self._held:
                above = [self._held[parent] for parent in _named(select)]
                key = self.contents.key(connection, select, self.code, *above)
                self._held[name] = key if _file_sql(name) is None else self._looked_at(connection, name, key)
        return [self._held[name] for name in _named(sql)]

    def _looked_at(self, connection: duckdb.DuckDBPyConnection, name: str, key: str) -> str:
        if key in self.before:
            self.found[key] = self.before[key]
        else:
            provide(connection, f"feed.{name}")
            self.found[key] = self.contents.of_rows(connection, f"feed.{name}")
        return self.found[key]


def _named(sql: str) -> list[str]:
    return sorted(set(_READ.findall(sql)))


def self_contained(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The same query as plain CTEs, for people who open the build to see rows."""
    read = relations(connection, sql)
    if not read:
        return sql
    ctes = ",\n".join(f"feed_{name} as (\n{_READ.sub(_AS_CTE, select)}\n)" for name, select in read.items())
    return f"with\n{ctes}\nselect * from (\n{_READ.sub(_AS_CTE, sql)}\n)"
