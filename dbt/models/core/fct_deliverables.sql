with
    work_items as (select * from {{ ref("stg_work_items") }} where is_deliverable),

    settings as (select * from {{ ref("stg_settings") }}),

    due_dates as (select * from {{ ref("int_due_dates") }}),

    flow as (select * from {{ ref("int_deliverable_flow") }}),

    judged as (
        select
            work_items.*,
            due_dates.due_date as committed_due_date,
            due_dates.due_date_moves,
            flow.first_done_at,
            coalesce(flow.reopened_count, 0) as reopened_count,
            coalesce(flow.reopened_within_30_days_count, 0) as reopened_within_30_days_count,
            flow.contributor_teams,
            flow.active_days,
            settings.as_of_date,
            settings.time_zone,
            work_items.status_category = 'done' and work_items.done_at <= settings.as_of_at as is_delivered,
            work_items.status_category = 'cancelled' as is_cancelled,
            -- a release that lies ahead has not reached anybody yet
            case
                when work_items.released_at <= settings.as_of_at then work_items.released_at else work_items.done_at
            end as delivered_at
        from work_items
        inner join due_dates on work_items.work_item_id = due_dates.work_item_id
        left join flow on work_items.work_item_id = flow.work_item_id
        cross join settings
    ),

    dated as (
        select
            *,
            {{ local_date("created_at", "time_zone") }} as created_date,
            {{ local_date("committed_at", "time_zone") }} as committed_date,
            {{ local_date("started_at", "time_zone") }} as started_date,
            case when is_delivered then {{ local_date("done_at", "time_zone") }} end as done_date,
            case when is_delivered then {{ local_date("delivered_at", "time_zone") }} end as delivery_date,
            {{ local_date("first_done_at", "time_zone") }} as first_done_date,
            {{ local_date("released_at", "time_zone") }} as released_date,
            {{ local_date("accepted_at", "time_zone") }} as accepted_date,
            not is_cancelled and committed_due_date is null as is_undated,
            not is_cancelled and coalesce(committed_due_date <= as_of_date, false) as is_due
        from judged
    ),

    keyed as (
        select
            {{ surrogate_key(["dated.work_item_id"]) }} as deliverable_key,
            dated.work_item_id,
            {{ version_keys("initiative", "dated.initiative_id") }},
            {{ version_keys("team", "dated.team_id") }},
            {{ version_keys("product", "dated.product_id") }},
            dated.status_category,
            dated.created_at,
            dated.committed_at,
            dated.started_at,
            dated.done_at,
            dated.released_at,
            dated.accepted_at,
            dated.created_date,
            dated.committed_date,
            dated.started_date,
            dated.committed_due_date as due_date,
            dated.due_date as current_due_date,
            dated.due_date_moves,
            dated.done_date,
            dated.released_date,
            dated.accepted_date,
            dated.delivery_date,
            dated.is_delivered,
            dated.is_cancelled,
            dated.is_undated,
            dated.is_due,
            dated.is_due and coalesce(dated.done_date <= dated.committed_due_date, false) as is_on_time,
            case
                when dated.is_delivered
                then {{ seconds_between("dated.committed_at", "dated.delivered_at") }} / cast(86400 as double)
            end as lead_time_days,
            dated.active_days,
            case when dated.active_days is not null then lead_time_days end as elapsed_days,
            dated.first_done_date,
            dated.reopened_count,
            dated.reopened_within_30_days_count,
            dated.reopened_count > 0 as is_reopened,
            dated.contributor_teams,
            dated.url as source_url,
            dated.source_file,
            dated.source_record
        from
            dated
            {{ join_versions("initiative", "dated.initiative_id", "dated.created_at") }}
            {{ join_versions("team", "dated.team_id", "dated.created_at") }}
            {{ join_versions("product", "dated.product_id", "dated.created_at") }}
    )

select *
from keyed
