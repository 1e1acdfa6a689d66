with
    allocations as (select * from {{ ref("fct_cost_allocations") }}),

    deliverables as (select * from {{ ref("msr_deliverable_value") }}),

    costs_per_deliverable_and_day as (
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

    costs_with_value as (
        select
            {{
                surrogate_key(
                    [
                        "costs_per_deliverable_and_day.posted_date",
                        "costs_per_deliverable_and_day.cost_month_date",
                        "costs_per_deliverable_and_day.deliverable_key",
                        "costs_per_deliverable_and_day.initiative_key",
                        "costs_per_deliverable_and_day.team_key",
                        "costs_per_deliverable_and_day.product_key",
                    ]
                )
            }} as cost_value_key,
            costs_per_deliverable_and_day.*,
            coalesce(deliverables.is_without_value, false) as is_without_value,
            coalesce(deliverables.is_unlinked, false) as is_unlinked,
            coalesce(deliverables.is_run, false) as is_run,
            coalesce(deliverables.is_aligned, false) as is_aligned
        from costs_per_deliverable_and_day
        left join deliverables on costs_per_deliverable_and_day.deliverable_key = deliverables.deliverable_key
    )

select *
from costs_with_value
