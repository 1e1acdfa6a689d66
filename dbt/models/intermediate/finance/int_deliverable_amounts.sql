with
    deliverables as (
        select
            work_items.work_item_id,
            work_items.approved_amount,
            work_items.approved_currency as currency,
            {{
                rate_day(
                    local_date("coalesce(work_items.committed_at, work_items.created_at)", "settings.time_zone"),
                    "settings.as_of_date",
                )
            }} as rate_day
        from {{ ref("stg_work_items") }} as work_items
        cross join {{ ref("stg_settings") }} as settings
        where work_items.is_deliverable and work_items.approved_amount is not null
    ),

    rates as (select * from {{ ref("int_daily_rates") }}),

    deliverable_amounts as (
        select
            deliverables.work_item_id,
            {{ reporting_amount("deliverables.approved_amount", "rates.rate") }} as approved_reporting_amount
        from deliverables
        left join rates on deliverables.currency = rates.currency and deliverables.rate_day = rates.date_day
    )

select *
from deliverable_amounts
