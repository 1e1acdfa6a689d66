-- A wrong conversion between entry and allocation would change the cost of one currency alone.
{{ config(meta={"dagster": {"ref": {"name": "fct_cost_allocations"}}}) }}

with
    entries as (select * from {{ ref("fct_ledger_entries") }} where is_cost),

    booked_cost as (
        select currency, sum(reporting_amount) as reporting_amount, count(*) filter (not has_rate) as without_rate
        from entries
        group by currency
    ),

    allocated_cost as (
        select
            entries.currency,
            sum(allocations.allocated_reporting_amount) as reporting_amount,
            count(*) filter (allocations.allocation_rule = 'no_rate') as without_rate
        from {{ ref("fct_cost_allocations") }} as allocations
        inner join entries on allocations.ledger_entry_key = entries.ledger_entry_key
        group by entries.currency
    ),

    differences as (
        select
            coalesce(booked_cost.currency, allocated_cost.currency) as currency,
            booked_cost.reporting_amount,
            allocated_cost.reporting_amount as allocated_reporting_amount,
            booked_cost.without_rate,
            allocated_cost.without_rate as allocated_without_rate
        from booked_cost
        full outer join allocated_cost on booked_cost.currency is not distinct from allocated_cost.currency
        where
            booked_cost.reporting_amount is distinct from allocated_cost.reporting_amount
            or booked_cost.without_rate is distinct from allocated_cost.without_rate
    )

select *
from differences
