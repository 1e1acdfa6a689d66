-- Cost belongs to the month of the service: a reversal that fell into its own month would distort both months' shares.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with recursive
    entries as (select * from {{ ref("fct_ledger_entries") }}),

    reversed_entries as (
        select
            entries.ledger_entry_id,
            entries.reverses_ledger_entry_id,
            entries.cost_month_date,
            reversed.cost_month_date as reversed_month_date
        from entries
        inner join entries as reversed on entries.reverses_ledger_entry_id = reversed.ledger_entry_id
        where entries.is_cost and reversed.is_cost
    ),

    chains as (
        select ledger_entry_id, reverses_ledger_entry_id as reached_id
        from reversed_entries
        union
        select chains.ledger_entry_id, reversed_entries.reverses_ledger_entry_id
        from chains
        inner join reversed_entries on chains.reached_id = reversed_entries.ledger_entry_id
    ),

    circular_entries as (select distinct ledger_entry_id from chains where ledger_entry_id = reached_id),

    wrong_reversals as (
        select ledger_entry_id, cost_month_date, reversed_month_date as expected_month_date
        from reversed_entries
        anti join circular_entries using (ledger_entry_id)
        where cost_month_date <> reversed_month_date
    ),

    -- a corrected entry that says nothing of its service has the month of a version before
    wrong_months as (
        select
            ledger_entry_id,
            cost_month_date,
            cast(date_trunc('month', coalesce(service_date, posted_date)) as date) as expected_month_date
        from entries
        anti join reversed_entries using (ledger_entry_id)
        where cost_month_date <> expected_month_date and (service_date is not null or not is_corrected)
    ),

    months_of_versions as (
        select distinct
            ledger_entry_id, cast(date_trunc('month', coalesce(service_date, posted_date)) as date) as cost_month_date
        from {{ source("landing", "ledger_entries") }}
        where _row_kind = 'row'
    ),

    wrong_corrections as (
        select ledger_entry_id, cost_month_date, cast(null as date) as expected_month_date
        from entries
        anti join reversed_entries using (ledger_entry_id)
        anti join months_of_versions using (ledger_entry_id, cost_month_date)
        where is_corrected
    )

select *
from wrong_reversals
union all
select *
from wrong_months
union all
select *
from wrong_corrections
