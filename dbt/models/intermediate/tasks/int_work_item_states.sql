-- one row per work item and stretch of time in one status category, from its creation to now (to_at exclusive)
with
    settings as (select * from {{ ref("stg_settings") }}),

    work_items as (
        select
            items.work_item_id,
            items.status,
            items.status_category,
            items.created_at,
            case when items.started_at <= settings.as_of_at then items.started_at end as started_at,
            case when items.done_at <= settings.as_of_at then items.done_at end as done_at
        from {{ ref("stg_work_items") }} as items
        cross join settings
        where items.created_at <= settings.as_of_at
    ),

    -- what the portfolio's own work items say that a status means: the most frequent category, then the first by name
    meanings as (
        select status, status_category, count(*) as items
        from {{ ref("stg_work_items") }}
        group by status, status_category
    ),

    ranked_meanings as (
        select
            status,
            status_category,
            row_number() over (partition by status order by items desc, status_category) as preference
        from meanings
    ),

    status_categories as (select status, status_category from ranked_meanings where preference = 1),

    changes as (
        select
            changes.*,
            bool_or(changes.field = 'status_category' and changes.to_value is not null) over (
                partition by changes.work_item_id
            ) as has_categories
        from {{ ref("stg_work_item_changes") }} as changes
        inner join work_items on changes.work_item_id = work_items.work_item_id
        cross join settings
        where changes.field in ('status', 'status_category') and changes.changed_at <= settings.as_of_at
    ),

    -- changes of the category itself go before those of the status
    telling as (
        select *, row_number() over (partition by work_item_id order by changed_at, change_seq) as change_number
        from changes
        where (field = 'status_category') = has_categories
    ),

    -- what was blanked still stands; before the first change stood what it changed from
    told as (
        select work_item_id, changed_at as from_at, change_seq as step, to_value as status
        from telling
        where to_value is not null
        union all
        select telling.work_item_id, work_items.created_at as from_at, -1 as step, telling.from_value as status
        from telling
        inner join work_items on telling.work_item_id = work_items.work_item_id
        where telling.change_number = 1
    ),

    recorded as (
        select
            told.work_item_id,
            told.from_at,
            told.step,
            case
                when told.status in ('to_do', 'in_progress', 'done', 'cancelled', 'unknown')
                then told.status
                else coalesce(status_categories.status_category, 'unknown')
            end as status_category
        from told
        left join status_categories on told.status = status_categories.status
    ),

    ordered as (
        select *, row_number() over (partition by work_item_id order by from_at desc, step desc) as recency
        from recorded
    ),

    records as (
        select
            work_item_id,
            max(from_at) as last_at,
            max(status_category) filter (recency = 1) in ('done', 'cancelled') as is_closed,
            bool_or(status_category = 'in_progress' and step = -1) as begins_in_progress,
            bool_or(status_category = 'in_progress' and step >= 0) as has_progress
        from ordered
        group by work_item_id
    ),

    judged as (
        select
            work_items.*,
            records.work_item_id is not null as has_record,
            records.last_at,
            coalesce(records.is_closed, false) as is_closed,
            coalesce(records.begins_in_progress, false) as begins_in_progress,
            coalesce(records.has_progress, false) as has_progress
        from work_items
        left join records on work_items.work_item_id = records.work_item_id
    ),

    closings as (
        select judged.work_item_id, min(recorded.from_at) as closed_at
        from judged
        inner join recorded on judged.work_item_id = recorded.work_item_id and recorded.from_at > judged.started_at
        where recorded.status_category in ('done', 'cancelled')
        group by judged.work_item_id
    ),

    -- where no change says that an item was taken up, it was in progress from its start until it was closed
    assumed as (
        select judged.work_item_id, judged.started_at, coalesce(judged.done_at, closings.closed_at) as ended_at
        from judged
        left join closings on judged.work_item_id = closings.work_item_id
        where
            not judged.has_progress
            and judged.started_at is not null
            and (judged.done_at is null or judged.done_at > judged.started_at)
    ),

    events as (
        select
            recorded.work_item_id,
            recorded.from_at,
            recorded.step,
            -- what was in progress at its first change was so from its start, not from its creation
            case
                when recorded.step = -1 and recorded.status_category = 'in_progress' and judged.started_at > from_at
                then 'to_do'
                else recorded.status_category
            end as status_category
        from recorded
        inner join judged on recorded.work_item_id = judged.work_item_id
        left join assumed on recorded.work_item_id = assumed.work_item_id
        where
            assumed.work_item_id is null
            or recorded.from_at < assumed.started_at
            or recorded.from_at >= assumed.ended_at
        union all
        -- without a record it waited until something is known of it, or is what it is now
        select
            work_item_id,
            created_at as from_at,
            -1 as step,
            case
                when coalesce(started_at, done_at) is not null
                then 'to_do'
                when status_category = 'in_progress'
                then 'unknown'
                else status_category
            end as status_category
        from judged
        where not has_record
        union all
        select work_item_id, started_at as from_at, 1000000000 as step, 'in_progress' as status_category
        from assumed
        union all
        select work_item_id, started_at as from_at, -1 as step, 'in_progress' as status_category
        from judged
        where begins_in_progress and has_progress and started_at > created_at
        union all
        -- the item's own date of closing, where no change tells it
        select
            work_item_id,
            done_at as from_at,
            -1 as step,
            case
                when status_category in ('done', 'cancelled') then status_category else 'unknown'
            end as status_category
        from judged
        where
            done_at is not null
            and not is_closed
            and (not has_progress or (done_at > last_at and status_category in ('done', 'cancelled')))
    ),

    numbered as (
        select *, row_number() over (partition by work_item_id, from_at order by step desc, status_category) as recency
        from events
    ),

    compared as (
        select
            work_item_id,
            from_at,
            status_category,
            lag(status_category) over (partition by work_item_id order by from_at) as previous_category
        from numbered
        where recency = 1
    ),

    turns as (select * from compared where previous_category is null or previous_category <> status_category),

    stretches as (
        select
            turns.work_item_id,
            turns.from_at,
            coalesce(
                lead(turns.from_at) over (partition by turns.work_item_id order by turns.from_at), settings.as_of_at
            ) as to_at,
            turns.status_category
        from turns
        cross join settings
    )

select *
from stretches
where from_at < to_at
