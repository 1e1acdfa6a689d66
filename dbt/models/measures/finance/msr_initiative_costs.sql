with
    allocations as (select * from {{ ref("fct_cost_allocations") }} where initiative_key <> -2),

    entries as (select * from {{ ref("fct_ledger_entries") }}),

    costs_per_entry as (
        select initiative_key, ledger_entry_key, sum(allocated_reporting_amount) as cost_reporting_amount
        from allocations
        group by initiative_key, ledger_entry_key
    ),

    -- in the currency posted, a refund at another rate than that of its entry leaves nothing
    costs_per_currency as (
        select
            costs_per_entry.initiative_key,
            entries.currency,
            sum(costs_per_entry.cost_reporting_amount) as cost_reporting_amount,
            round(
                sum(
                    cast(entries.amount as double)
                    * cast(costs_per_entry.cost_reporting_amount / nullif(entries.reporting_amount, 0) as double)
                ),
                2
            ) as posted_amount
        from costs_per_entry
        inner join entries on costs_per_entry.ledger_entry_key = entries.ledger_entry_key
        group by costs_per_entry.initiative_key, entries.currency
    ),

    initiative_costs as (
        select
            initiative_key,
            sum(cost_reporting_amount) as cost_reporting_amount,
            coalesce(sum(cost_reporting_amount) > 0, false) and coalesce(bool_or(posted_amount > 0), false) as has_cost
        from costs_per_currency
        group by initiative_key
    )

select *
from initiative_costs
