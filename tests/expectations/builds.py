"""Small builds made by hand: a stage file of landed feeds, a warehouse that agrees with it, and ways to spoil them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations import landed
from expectations.contracts import load_metrics
from expectations.witnesses import published_cells, witness_sql
from sources.contracts import load_contracts

Row = dict[str, Any]

AS_OF = date(2025, 6, 30)
SETTINGS: Row = {
    "as_of_at": datetime(2025, 6, 30, 21, 59, 59, 999999),
    "as_of_date": AS_OF,
    "time_zone": "Europe/Berlin",
    "reporting_currency": "EUR",
    "fiscal_year_start_month": 4,
    "max_rate_age_days": 31,
    "labour_cost": "ledger",
    "labour_categories": [],
    "capital_cost": "as_spent",
    "depreciation_accounts": [],
    "discount_rate": None,
    "discount_base_date": None,
    "quarantine_warn_share": 0.0,
    "quarantine_fail_share": 0.01,
}


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
    """Write `landing.*` as tables: every feed, `loads` and `settings`."""
    with duckdb.connect(str(stage)) as connection:
        connection.execute("create schema landing")
        _insert(connection, "landing.settings", _types({**SETTINGS, **settings}), [{**SETTINGS, **settings}])
        loads_columns = {
            "load_seq": "bigint",
            **dict.fromkeys(("feed", "source", "load_id", "kind"), "varchar"),
            "deletes": "boolean",
            "observed_at": "timestamp",
            **dict.fromkeys(("records", "landed_rows", "quarantined_rows", "set_aside_rows"), "bigint"),
            "covers": "date[][]",
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
                "records": len(load.rows) + load.quarantined, "landed_rows": len(load.rows),
                "quarantined_rows": load.quarantined, "set_aside_rows": 0,
            })  # fmt: skip
        _insert(connection, "landing.loads", loads_columns, listed)
        for name, feed in load_contracts().items():
            columns = {column.name: column.sql_type for column in feed.columns} | {
                **dict.fromkeys(("_row_kind", "_file", "_extra", "source", "load_id", "load_kind"), "varchar"),
                "deletes": "boolean", "_record": "bigint", "load_seq": "bigint", "observed_at": "timestamp",
            }  # fmt: skip
            _insert(connection, f"landing.{name}", columns, rows[name])


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
    for row in rows:
        assert row.keys() <= columns.keys(), f"{table} has no {sorted(row.keys() - columns.keys())}"
        names = ", ".join(f'"{name}"' for name in row)
        connection.execute(f"insert into {table} ({names}) values ({', '.join('?' for _ in row)})", [*row.values()])


ALLOCATED = """
create schema core;
create table core.allocated (entry bigint, posted_date date, initiative_id varchar, amount decimal(28, 4));
create view core.dim_initiative as select distinct hash(initiative_id) as initiative_key, initiative_id from core.allocated;
create view core.dim_team as select 0 as team_key, '-2' as team_id;
create view core.dim_product as select 0 as product_key, '-2' as product_id;
create view core.fct_ledger_entries as select distinct entry as ledger_entry_key, posted_date from core.allocated;
create view core.fct_cost_allocations as
select entry as ledger_entry_key, hash(initiative_id) as initiative_key, 0 as team_key, 0 as product_key,
    amount as allocated_reporting_amount
from core.allocated;
"""
Allocated = tuple[int, date, str, float | None]


def witness_cells(
    stage: Path, metric: str, allocated: Sequence[Allocated] = ()
) -> dict[tuple[str, str | None, str, str], tuple[float | None, int]]:
    """What a witness says: (grain, period_start, dimension_name, member_id) -> (value, n).

    `allocated` are the parts of cost in the build's own facts: entry, day posted, initiative, amount.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{stage}' as stage (read_only)")
        connection.execute(ALLOCATED)
        for part in allocated:
            connection.execute("insert into core.allocated values (?, ?, ?, ?)", part)
        landed.provide(connection, landed.read_by(witness_sql(metric)))
        rows = connection.execute(
            f"""select grain, period_start::varchar, dimension_name, member_id, value, n from ({witness_sql(metric)})
            where {published_cells(load_metrics()[metric])}"""
        ).fetchall()
    cells = {tuple(row[:4]): tuple(row[4:]) for row in rows}
    assert len(cells) == len(rows), "a cell came twice"
    return cells


STAGING = """
create schema staging;
create table staging.stg_{feed} as
select * exclude (_row_kind, _file, _record, source, load_id, load_seq),
    _file as source_file, _record as source_record, source as source_name
from landing.{feed} where _row_kind = 'row';
"""

CORE = """
create schema core;
create table core.fct_deliverables as
select work_item_id, created_at::date as created_date,
    status_category = 'done' and coalesce(done_at <= as_of_at, false) as is_delivered,
    case when is_delivered then coalesce(released_at, done_at)::date end as delivery_date,
    case when is_delivered then epoch(coalesce(released_at, done_at) - committed_at) / 86400 end as lead_time_days
from stage.staging.stg_work_items cross join stage.landing.settings where is_deliverable;

create table core.fct_ledger_entries as
select hash(ledger_entry_id) as ledger_entry_key, ledger_entry_id, posted_date, account_code, amount, currency,
    case when currency = 'EUR' then 1 else 0.9 end::decimal(18, 10) as exchange_rate,
    case when currency = 'EUR' then posted_date else date '2025-03-31' end as rate_date,
    true as has_rate, false as is_synthetic, round(amount * exchange_rate, 4)::decimal(28, 4) as reporting_amount,
    -2::bigint as team_key, 1::bigint as initiative_key, 1::bigint as product_key
from stage.staging.stg_ledger_entries;

create table core.dim_initiative as select 1 as initiative_key, 'I1' as initiative_id;
create table core.dim_team as select 1 as team_key, 'T1' as team_id;
create table core.dim_product as select 1 as product_key, 'P1' as product_id;

create table core.fct_cost_allocations as
select ledger_entry_key, initiative_key, 1 as team_key, product_key, reporting_amount as allocated_reporting_amount
from core.fct_ledger_entries
inner join stage.staging.stg_accounts using (account_code)
cross join stage.landing.settings
where account_type = 'cost' and posted_date <= as_of_date;

create table core.fct_survey_responses as
select response_id, question_id, survey_type, score, responded_at::date as responded_date, is_score_question as is_counted
from stage.staging.stg_survey_responses where survey_type not in ('enps', 'team_health');
"""

METRICS = """
create schema metrics;
create table metrics.dim_metric (
    metric_name varchar, metric_version bigint, formula varchar, unit varchar, direction varchar, kind varchar,
    valid_min double, valid_max double, minimum_n bigint, fingerprint varchar
);
create table metrics.fct_metric_values (
    metric_name varchar, metric_version bigint, grain varchar, period_start date, period_end date,
    dimension_name varchar, member_key bigint, member_id varchar, value double, numerator double, denominator double,
    n bigint, n_excluded bigint, lower double, upper double, status varchar, is_partial boolean
);
"""

# The witness's own cells, and for the total a row for every period from its first to that of the as-of day.
CELLS = """
insert into metrics.fct_metric_values
with witness as materialized (select * from ({witness}) where {published}),
steps as (
    select * from (values ('month', interval 1 month), ('quarter', interval 3 month), ('year', interval 1 year),
        ('fiscal_year', interval 1 year)) as t(grain, step)
),
firsts as (select grain, min(period_start) as first from witness where grain <> 'all' group by all),
spine as (
    select grain, unnest(generate_series(first::timestamp, as_of_date::timestamp, step))::date as period_start,
        'total' as dimension_name, 'total' as member_id
    from firsts inner join steps using (grain) cross join stage.landing.settings
),
cells as (
    select grain, period_start, dimension_name, member_id, value, n from witness
    union all
    select grain, period_start, dimension_name, member_id, {empty}, 0 from spine
    anti join witness using (grain, period_start, dimension_name, member_id)
)
select '{name}', 1, grain, period_start, period_start + step, dimension_name,
    case when member_id in ('-1', '-2', '-3') then member_id::bigint when member_id = 'total' then 0 else 1 end,
    member_id, value, null, null, n, 0,
    case when '{unit}' in ('share', 'points') then value end, case when '{unit}' in ('share', 'points') then value end,
    case when value is null then 'not_measured' when n < {minimum_n} then 'insufficient_sample' else 'measured' end,
    coalesce(period_start + step > as_of_date + 1, false)
from cells left join steps using (grain) cross join stage.landing.settings
"""


def build(folder: Path, loads: Sequence[Load]) -> tuple[Path, Path]:
    """A whole build in which everything agrees: (warehouse, stage)."""
    warehouse, stage = folder / "warehouse.duckdb", folder / "stage.duckdb"
    land(stage, loads)
    with duckdb.connect(str(stage)) as connection:
        schema, table = STAGING.strip().split(";", 1)
        connection.execute(schema)
        for feed in load_contracts():
            connection.execute(table.format(feed=feed))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"attach '{stage}' as stage (read_only)")
        connection.execute(CORE + METRICS)
        for contract in load_metrics().values():
            bound = ("version", "formula", "unit", "direction", "kind", "valid_min", "valid_max", "minimum_n")
            values = [contract.name, *(getattr(contract, name) for name in bound), None]
            connection.execute("insert into metrics.dim_metric values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            landed.provide(connection, landed.read_by(witness_sql(contract.name)))
            connection.execute(
                CELLS.format(
                    witness=witness_sql(contract.name),
                    published=published_cells(contract),
                    name=contract.name,
                    unit=contract.unit,
                    minimum_n=contract.minimum_n,
                    empty="0" if contract.empty_is_zero else "null",
                )
            )
    return warehouse, stage


def spoil(database: Path, sql: str) -> None:
    """Change a build behind its back. Fails where nothing changes."""
    with duckdb.connect(str(database)) as connection:
        changed = connection.execute(sql).fetchone()
    assert changed is None or changed[0] > 0, f"nothing was spoilt by {sql}"
