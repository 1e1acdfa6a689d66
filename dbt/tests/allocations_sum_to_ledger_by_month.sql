-- A part that is allocated to another month than its entry's would make one month cheap and another dear.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

with
    booked_cost as (
        select cost_month_date, sum(reporting_amount) as reporting_amount, count(*) as entries
        from {{ ref("fct_ledger_entries") }}
        where is_cost
        group by cost_month_date
    ),

    allocated_cost as (
        select
            cost_month_date,
            sum(allocated_reporting_amount) as reporting_amount,
            count(distinct ledger_entry_key) as entries
        from {{ ref("fct_cost_allocations") }}
        group by cost_month_date
    ),

    differences as (
        select
            coalesce(booked_cost.cost_month_date, allocated_cost.cost_month_date) as cost_month_date,
            booked_cost.reporting_amount,
            allocated_cost.reporting_amount as allocated_reporting_amount,
            booked_cost.entries,
            allocated_cost.entries as entries_allocated
        from booked_cost
        full outer join allocated_cost on booked_cost.cost_month_date = allocated_cost.cost_month_date
        where
            booked_cost.reporting_amount is distinct from allocated_cost.reporting_amount
            or booked_cost.entries is distinct from allocated_cost.entries
    )

select *
from differences
