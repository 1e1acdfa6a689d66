with
    deliverables as (select * from {{ ref("stg_work_items") }} where is_deliverable),

    settings as (select * from {{ ref("stg_settings") }}),

    states as (select * from {{ ref("int_work_item_states") }}),

    last_changes as (select * from {{ ref("int_work_item_last_changes") }}),

    cancellations as (
        select work_item_id, max(from_at) as cancelled_at
        from states
        where status_category = 'cancelled'
        group by work_item_id
    ),

    dated_deliverables as (
        select
            deliverables.work_item_id as deliverable_id,
            deliverables.initiative_id,
            deliverables.team_id,
            {{ local_date("deliverables.created_at", "settings.time_zone") }} as created_date,
            -- the day of the change to cancelled, else the day it was closed or last changed
            case
                when deliverables.status_category = 'cancelled'
                then
                    {{
                        local_date(
                            "coalesce(cancellations.cancelled_at, deliverables.done_at, last_changes.last_changed_at)",
                            "settings.time_zone",
                        )
                    }}
            end as cancelled_date
        from deliverables
        cross join settings
        left join cancellations on deliverables.work_item_id = cancellations.work_item_id
        left join last_changes on deliverables.work_item_id = last_changes.work_item_id
    )

select
    deliverable_id,
    initiative_id,
    team_id,
    created_date,
    cancelled_date,
    cast({{ dbt.date_trunc("month", "created_date") }} as date) as first_month_date,
    coalesce(
        cast({{ dbt.date_trunc("month", "cancelled_date") }} as date), cast('9999-12-01' as date)
    ) as last_month_date
from dated_deliverables
