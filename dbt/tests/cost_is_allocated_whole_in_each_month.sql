-- A part that lands in another month than its entry would make one month cheap and the next one dear.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

with
    entries as (
        select cost_month_date, sum(reporting_amount) as reporting_amount, count(*) as entries
        from {{ ref("fct_ledger_entries") }}
        where is_cost
        group by cost_month_date
    ),

    allocated as (
        select
            cost_month_date,
            sum(allocated_reporting_amount) as reporting_amount,
            count(distinct ledger_entry_key) as entries
        from {{ ref("fct_cost_allocations") }}
        group by cost_month_date
    ),

    disagreeing as (
        select
            coalesce(entries.cost_month_date, allocated.cost_month_date) as cost_month_date,
            entries.reporting_amount,
            allocated.reporting_amount as allocated_reporting_amount,
            entries.entries,
            allocated.entries as entries_allocated
        from entries
        full outer join allocated on entries.cost_month_date = allocated.cost_month_date
        where
            entries.reporting_amount is distinct from allocated.reporting_amount
            or entries.entries is distinct from allocated.entries
    )

select *
from disagreeing
