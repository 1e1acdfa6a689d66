with
    work_items as (select * from {{ ref("stg_work_items") }} where is_deliverable),

    settings as (select * from {{ ref("stg_settings") }}),

    due_dates as (select * from {{ ref("int_due_dates") }}),

    flow as (select * from {{ ref("int_deliverable_flow") }}),

    deliverables_with_flow as (
        select
            work_items.* exclude (due_date),
            due_dates.due_date,
            work_items.due_date as current_due_date,
            due_dates.due_date_moves,
            flow.first_done_at,
            coalesce(flow.reopened_count, 0) as reopened_count,
            coalesce(flow.reopened_within_30_days_count, 0) as reopened_within_30_days_count,
            coalesce(flow.reopened_count, 0) > 0 as is_reopened,
            coalesce(flow.is_rework_known, false) as is_rework_known,
            flow.contributor_teams,
            flow.active_days,
            settings.as_of_at,
            settings.as_of_date,
            settings.time_zone,
            work_items.status_category = 'done' and work_items.done_at <= settings.as_of_at as is_delivered,
            work_items.status_category = 'cancelled' as is_cancelled,
            -- a planned release has not reached anybody yet
            case
                when work_items.released_at <= settings.as_of_at then work_items.released_at else work_items.done_at
            end as delivered_at
        from work_items
        inner join due_dates on work_items.work_item_id = due_dates.work_item_id
        left join flow on work_items.work_item_id = flow.work_item_id
        cross join settings
    ),

    dated_deliverables as (
        select
            * exclude (as_of_at, time_zone),
            {{ local_date("created_at", "time_zone") }} as created_date,
            {{ local_date("committed_at", "time_zone") }} as committed_date,
            {{ local_date("started_at", "time_zone") }} as started_date,
            case when is_delivered then {{ local_date("done_at", "time_zone") }} end as done_date,
            case when is_delivered then {{ local_date("delivered_at", "time_zone") }} end as delivery_date,
            {{ local_date("first_done_at", "time_zone") }} as first_done_date,
            -- what was released keeps its release; other work was first delivered when it was first done
            case
                when is_delivered and released_at <= as_of_at
                then {{ local_date("released_at", "time_zone") }}
                when is_delivered
                then {{ local_date("least(first_done_at, done_at)", "time_zone") }}
            end as first_delivery_date,
            {{ local_date("released_at", "time_zone") }} as released_date,
            {{ local_date("accepted_at", "time_zone") }} as accepted_date,
            not is_cancelled and due_date is null as is_undated,
            not is_cancelled and coalesce(due_date <= as_of_date, false) as is_due
        from deliverables_with_flow
    ),

    deliverables as (
        select
            * exclude (as_of_date),
            is_due and coalesce(done_date <= due_date, false) as is_on_time,
            case
                when is_delivered then {{ seconds_between("committed_at", "delivered_at") }} / cast(86400 as double)
            end as lead_time_days,
            case when active_days is not null then lead_time_days end as elapsed_days
        from dated_deliverables
    )

select *
from deliverables
