with
    deliverables as (select * from {{ ref("stg_work_items") }} where is_deliverable),

    settings as (select * from {{ ref("stg_settings") }}),

    states as (
        select
            states.*,
            lag(states.status_category) over (
                partition by states.work_item_id order by states.from_at
            ) as previous_category,
            lag(states.from_at) over (partition by states.work_item_id order by states.from_at) as previous_from_at,
            lead(states.status_category) over (
                partition by states.work_item_id order by states.from_at
            ) as next_category
        from {{ ref("int_work_item_states") }} as states
        inner join deliverables on states.work_item_id = deliverables.work_item_id
    ),

    unknown_statuses as (
        select * from {{ ref("int_work_item_statuses") }} where status_category = 'unknown' and step >= 0
    ),

    -- done work that is to do or in progress again; a value blanked in between is no state of its own
    reopenings as (
        select
            work_item_id,
            min(from_at) as first_done_at,
            count(*) filter (next_category in ('to_do', 'in_progress')) as reopened_count,
            count(*) filter (
                next_category in ('to_do', 'in_progress')
                and to_at <= {{ dbt.dateadd("day", rework_days(), "from_at") }}
            ) as reopened_within_30_days_count
        from states
        where status_category = 'done'
        group by work_item_id
    ),

    -- a change to a status that nothing explains may have been rework, unless the item had been done for longer by then
    unknown_turns as (
        select distinct states.work_item_id
        from states
        left join
            unknown_statuses
            on states.work_item_id = unknown_statuses.work_item_id
            and states.from_at <= unknown_statuses.from_at
            and states.to_at > unknown_statuses.from_at
        where
            states.status_category = 'unknown'
            and coalesce(states.previous_category, unknown_statuses.status_category) is not null
            and not coalesce(
                states.previous_category = 'done'
                and states.from_at > {{ dbt.dateadd("day", rework_days(), "states.previous_from_at") }},
                false
            )
    ),

    contributors as (select * from {{ ref("int_deliverable_contributors") }}),

    delivery_spans as (
        select
            deliverables.work_item_id,
            deliverables.committed_at,
            deliverables.done_at,
            coalesce(deliverables.released_at, deliverables.done_at) as delivered_at
        from deliverables
        cross join settings
        where deliverables.status_category = 'done' and deliverables.done_at <= settings.as_of_at
    ),

    -- the part of each stretch that lies between commitment and delivery
    stretches_of_delivery as (
        select
            delivery_spans.work_item_id,
            states.status_category,
            greatest(
                {{
                    seconds_between(
                        "greatest(states.from_at, delivery_spans.committed_at)",
                        "least(states.to_at, delivery_spans.delivered_at)",
                    )
                }},
                0
            ) as seconds
        from delivery_spans
        inner join states on delivery_spans.work_item_id = states.work_item_id
        where delivery_spans.committed_at < delivery_spans.delivered_at
    ),

    -- known, if no moment on the way had an unknown status
    active_days_per_deliverable as (
        select
            work_item_id, sum(seconds) filter (status_category = 'in_progress') / cast(86400 as double) as active_days
        from stretches_of_delivery
        group by work_item_id
        having coalesce(sum(seconds) filter (status_category = 'unknown'), 0) = 0
    ),

    deliverable_flow as (
        select
            deliverables.work_item_id,
            coalesce(reopenings.first_done_at, delivery_spans.done_at) as first_done_at,
            coalesce(reopenings.reopened_count, 0) as reopened_count,
            coalesce(reopenings.reopened_within_30_days_count, 0) as reopened_within_30_days_count,
            unknown_turns.work_item_id is null as is_rework_known,
            contributors.contributor_teams,
            active_days_per_deliverable.active_days
        from deliverables
        left join reopenings on deliverables.work_item_id = reopenings.work_item_id
        left join delivery_spans on deliverables.work_item_id = delivery_spans.work_item_id
        left join unknown_turns on deliverables.work_item_id = unknown_turns.work_item_id
        left join contributors on deliverables.work_item_id = contributors.deliverable_id
        left join active_days_per_deliverable on deliverables.work_item_id = active_days_per_deliverable.work_item_id
    )

select *
from deliverable_flow
