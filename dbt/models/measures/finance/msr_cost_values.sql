-- one row per day of posting, month of cost, deliverable that bears it (-1: none) and members: its cost, and what
-- became
-- of the deliverable
with
    allocations as (select * from {{ ref("fct_cost_allocations") }}),

    deliverables as (select * from {{ ref("msr_deliverable_value") }}),

    summed as (
        select
            posted_date,
            cost_month_date,
            deliverable_key,
            initiative_key,
            team_key,
            product_key,
            sum(allocated_reporting_amount) as cost,
            count(*) filter (allocated_reporting_amount is null) as entries_unrated
        from allocations
        group by all
    ),

    flagged as (
        select
            {{
                surrogate_key(
                    [
                        "summed.posted_date",
                        "summed.cost_month_date",
                        "summed.deliverable_key",
                        "summed.initiative_key",
                        "summed.team_key",
                        "summed.product_key",
                    ]
                )
            }} as cost_value_key,
            summed.*,
            coalesce(deliverables.is_without_value, false) as is_without_value,
            coalesce(deliverables.is_run, false) as is_run,
            coalesce(deliverables.is_aligned, false) as is_aligned
        from summed
        left join deliverables on summed.deliverable_key = deliverables.deliverable_key
    )

select *
from flagged
