"""Small builds made by hand: a stage file of landed feeds, a warehouse that agrees with it, and ways to spoil them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from dagster_project import measure
from dagster_project.settings import Portfolio
from expectations import landed
from expectations.recomputations import published_cells, recomputation_sql
from sources.contracts import load_contracts
from sources.loads import date_loads, describe_feeds

Row = dict[str, Any]

AS_OF = date(2025, 6, 30)
PORTFOLIO = Portfolio.model_validate(
    {"name": "sound", "title": "Sound", "reporting_currency": "EUR", "time_zone": "Europe/Berlin",
     "fiscal_year_start_month": 4, "as_of": AS_OF}
)  # fmt: skip
SETTINGS: Row = PORTFOLIO.build_settings(PORTFOLIO.now())


@dataclass(frozen=True)
class Load:
    """One load of a feed; rows hold the contract's columns, absent ones are NULL."""

    feed: str
    rows: Sequence[Row]
    held: Sequence[Row] = ()
    source: str = "office"
    kind: str = "snapshot"
    deletes: bool = True
    covers: list[list[date]] | None = field(default_factory=lambda: [[date(2025, 1, 1), date(2025, 7, 1)]])
    observed_at: datetime = datetime(2025, 6, 30, 20, 0)
    quarantined: int = 0


def land(stage: Path, loads: Sequence[Load], **settings: Any) -> None:
    """Write `landing.*` as tables: every feed, `feeds`, `loads` and `settings`."""
    with duckdb.connect(str(stage)) as connection:
        connection.execute("create schema landing")
        _insert(connection, "landing.settings", _types({**SETTINGS, **settings}), [{**SETTINGS, **settings}])
        loads_columns = {
            "load_seq": "bigint",
            **dict.fromkeys(("feed", "source", "load_id", "kind"), "varchar"),
            **dict.fromkeys(("deletes", "is_in_use"), "boolean"),
            "observed_at": "timestamp",
            **dict.fromkeys(("records", "landed_rows", "quarantined_rows", "excluded_rows"), "bigint"),
            "covers": "date[][]",
            **dict.fromkeys(("first_date", "last_date"), "date"),
            "extra_columns": "varchar[]",
        }
        listed: list[Row] = []
        rows: dict[str, list[Row]] = {name: [] for name in load_contracts()}
        for seq, load in enumerate(loads, start=1):
            common = {"source": load.source, "load_id": f"load{seq}", "load_seq": seq, "observed_at": load.observed_at}
            shown = {**common, "load_kind": load.kind, "deletes": load.deletes}
            for number, row in enumerate(load.rows, start=1):
                rows[load.feed].append({**row, **shown, "_row_kind": "row", "_file": load.feed, "_record": number})
            rows[load.feed] += [{**row, **shown, "_row_kind": "held"} for row in load.held]
            listed.append({
                **common, "feed": load.feed, "kind": load.kind, "deletes": load.deletes, "covers": load.covers,
                "is_in_use": True, "records": len(load.rows) + load.quarantined, "landed_rows": len(load.rows),
                "quarantined_rows": load.quarantined, "excluded_rows": 0, "extra_columns": [],
            })  # fmt: skip
        _insert(connection, "landing.loads", loads_columns, listed)
        connection.execute("""
            create table landing.quarantine (
                feed varchar, source varchar, load_id varchar, _file varchar, _record bigint, "column" varchar,
                rule varchar, message varchar, violations varchar, original varchar
            )
        """)
        connection.execute("""
            create table landing.warnings (
                feed varchar, source varchar, load_id varchar, _file varchar, _record bigint, "column" varchar,
                rule varchar, message varchar
            )
        """)
        describe_feeds(connection)
        for name, feed in load_contracts().items():
            columns = {column.name: column.sql_type for column in feed.columns} | {
                **dict.fromkeys(("_row_kind", "_file", "_extra", "_warnings", "source", "load_id", "load_kind"), "varchar"),
                "deletes": "boolean", "_record": "bigint", "load_seq": "bigint", "observed_at": "timestamp",
            }  # fmt: skip
            _insert(connection, f"landing.{name}", columns, rows[name])
            date_loads(connection, feed)


def _types(row: Row) -> dict[str, str]:
    kinds = {
        datetime: "timestamp", date: "date", str: "varchar", int: "bigint", float: "double", list: "varchar[]",
        bool: "boolean", type(None): "varchar",
    }  # fmt: skip
    return {name: kinds[type(value)] for name, value in row.items()}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: Sequence[Row]) -> None:
    """Make a table and fill it. Fails where a row names a column that the table hasn't."""
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f"create table {table} ({listed})")
    connection.execute("begin")
    for row in rows:
        assert row.keys() <= columns.keys(), f"{table} has no {sorted(row.keys() - columns.keys())}"
        names = ", ".join(f'"{name}"' for name in row)
        connection.execute(f"insert into {table} ({names}) values ({', '.join('?' for _ in row)})", [*row.values()])
    connection.execute("commit")


ALLOCATED = """
create schema core;
create table core.allocated (entry bigint, posted_date date, initiative_id varchar, amount decimal(28, 4));
create view core.dim_initiative as select distinct hash(initiative_id) as initiative_key, initiative_id from core.allocated;
create view core.dim_account as select 0 as account_key, '5000' as account_code;
create view core.dim_team as select 0 as team_key, '-2' as team_id;
create view core.dim_product as select 0 as product_key, '-2' as product_id;
create view core.fct_ledger_entries as
select distinct entry as ledger_entry_key, entry::varchar as ledger_entry_id, posted_date, false as is_corrected, posted_date as cost_month_date,
    'EUR' as currency, amount, amount as reporting_amount
from core.allocated;
create view core.fct_cost_allocations as
select entry as ledger_entry_key, hash(initiative_id) as initiative_key, 0 as team_key, 0 as product_key,
    0 as account_key, amount as allocated_reporting_amount
from core.allocated;
"""
Allocated = tuple[int, date, str, float | None]


def recomputed_cells(
    stage: Path, metric: str, allocated: Sequence[Allocated] = ()
) -> dict[tuple[str, str | None, str, str], tuple[float | None, int]]:
    """What a recomputation says: (grain, period_start, dimension_name, member_id) -> (value, n).

    `allocated` are the parts of cost in the build's own facts: entry, day posted, initiative, amount.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{stage}' as stage (read_only)")
        connection.execute(ALLOCATED)
        for part in allocated:
            connection.execute("insert into core.allocated values (?, ?, ?, ?)", part)
        landed.provide(connection, recomputation_sql(metric))
        rows = connection.execute(
            f"""select grain, period_start::varchar, dimension_name, member_id, value, n from ({recomputation_sql(metric)})
            where {published_cells(measure.metrics()[metric])}"""
        ).fetchall()
    cells = {tuple(row[:4]): tuple(row[4:]) for row in rows}
    assert len(cells) == len(rows), "a cell came twice"
    return cells


def build(folder: Path, loads: Sequence[Load]) -> tuple[Path, Path]:
    """A whole build in which everything agrees, by the real models: (warehouse, stage)."""
    from tests.golden.warehouse import measured  # it lands by this module

    files = folder / "warehouse.duckdb", folder / "stage.duckdb"
    with measured(loads, [*measure.metrics()], whole=True) as connection:
        for path in files:
            connection.execute(f"attach '{path}' as copied")
            connection.execute(f"copy from database {path.stem} to copied")
            connection.execute("detach copied")
    return files


def spoil(database: Path, sql: str) -> None:
    """Change a build behind its back. Fails where nothing changes."""
    with duckdb.connect(str(database)) as connection:
        changed = connection.execute(sql).fetchone()
    assert changed is None or changed[0] > 0, f"nothing was spoilt by {sql}"
