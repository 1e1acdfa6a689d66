-- A conversion that slips in between entry and allocation would move one currency's cost and none of the others'.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

with
    entries as (select * from {{ ref("fct_ledger_entries") }} where is_cost),

    booked as (
        select currency, sum(reporting_amount) as reporting_amount, count(*) filter (not has_rate) as without_rate
        from entries
        group by currency
    ),

    allocated as (
        select
            entries.currency,
            sum(allocations.allocated_reporting_amount) as reporting_amount,
            count(*) filter (allocations.allocation_rule = 'no_rate') as without_rate
        from {{ ref("fct_cost_allocations") }} as allocations
        inner join entries on allocations.ledger_entry_key = entries.ledger_entry_key
        group by entries.currency
    ),

    disagreeing as (
        select
            coalesce(booked.currency, allocated.currency) as currency,
            booked.reporting_amount,
            allocated.reporting_amount as allocated_reporting_amount,
            booked.without_rate,
            allocated.without_rate as allocated_without_rate
        from booked
        full outer join allocated on booked.currency is not distinct from allocated.currency
        where
            booked.reporting_amount is distinct from allocated.reporting_amount
            or booked.without_rate is distinct from allocated.without_rate
    )

select *
from disagreeing
