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

    recorded_statuses as (select * from {{ ref("int_work_item_statuses") }}),

    ranked_categories as (
        select *, row_number() over (partition by work_item_id order by from_at desc, step desc) as recency
        from recorded_statuses
    ),

    -- the last change to a closed status did not finish what its resolution cancelled
    recorded_categories as (
        select
            ranked_categories.* exclude (status_category),
            case
                when
                    ranked_categories.recency = 1
                    and ranked_categories.status_category = 'done'
                    and work_items.status_category = 'cancelled'
                then 'cancelled'
                else ranked_categories.status_category
            end as status_category
        from ranked_categories
        inner join work_items on ranked_categories.work_item_id = work_items.work_item_id
    ),

    item_records as (
        select
            work_item_id,
            max(from_at) as last_at,
            min(from_at) filter (step >= 0) as first_change_at,
            max(status_category) filter (recency = 1) as last_category,
            bool_or(status_category = 'in_progress' and step = -1) as begins_in_progress,
            bool_or(status_category = 'in_progress' and step >= 0) as has_progress,
            bool_or(status_category = 'unknown' and step >= 0) as has_unknown
        from recorded_categories
        group by work_item_id
    ),

    items_with_record as (
        select
            work_items.*,
            item_records.work_item_id is not null as has_record,
            item_records.last_at,
            item_records.first_change_at,
            item_records.last_category,
            coalesce(item_records.begins_in_progress, false) as begins_in_progress,
            coalesce(item_records.has_progress, false) as has_progress,
            coalesce(item_records.has_unknown, false) as has_unknown
        from work_items
        left join item_records on work_items.work_item_id = item_records.work_item_id
    ),

    closings as (
        select items_with_record.work_item_id, min(recorded_categories.from_at) as closed_at
        from items_with_record
        inner join
            recorded_categories
            on items_with_record.work_item_id = recorded_categories.work_item_id
            and recorded_categories.from_at > items_with_record.started_at
        where recorded_categories.status_category in ('done', 'cancelled')
        group by items_with_record.work_item_id
    ),

    -- where no change shows progress, or may have shown it, an item was in progress from its start until it was closed
    assumed_progress as (
        select
            items_with_record.work_item_id,
            items_with_record.started_at,
            coalesce(items_with_record.done_at, closings.closed_at) as ended_at
        from items_with_record
        left join closings on items_with_record.work_item_id = closings.work_item_id
        where
            not items_with_record.has_progress
            and not items_with_record.has_unknown
            and items_with_record.started_at is not null
            and (items_with_record.done_at is null or items_with_record.done_at > items_with_record.started_at)
    ),

    events as (
        select
            recorded_categories.work_item_id,
            recorded_categories.from_at,
            recorded_categories.step,
            -- an item in progress at its first change was so from its start, not from its creation
            case
                when
                    recorded_categories.step = -1
                    and recorded_categories.status_category = 'in_progress'
                    and items_with_record.started_at > from_at
                then 'to_do'
                else recorded_categories.status_category
            end as status_category
        from recorded_categories
        inner join items_with_record on recorded_categories.work_item_id = items_with_record.work_item_id
        left join assumed_progress on recorded_categories.work_item_id = assumed_progress.work_item_id
        where
            assumed_progress.work_item_id is null
            or recorded_categories.from_at < assumed_progress.started_at
            or recorded_categories.from_at >= assumed_progress.ended_at
        union all
        -- without changes an item was to do until its first known date, or is what it is now
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
        from items_with_record
        where not has_record and coalesce(created_at < least(started_at, done_at), true)
        union all
        select work_item_id, started_at as from_at, 1000000000 as step, 'in_progress' as status_category
        from assumed_progress
        union all
        select work_item_id, started_at as from_at, -1 as step, 'in_progress' as status_category
        from items_with_record
        where begins_in_progress and has_progress and started_at > created_at and started_at < first_change_at
        union all
        -- the last change before the end of assumed progress holds again from there on
        select
            assumed_progress.work_item_id,
            assumed_progress.ended_at as from_at,
            -2 as step,
            arg_max(
                recorded_categories.status_category, row(recorded_categories.from_at, recorded_categories.step)
            ) as status_category
        from assumed_progress
        inner join
            recorded_categories
            on assumed_progress.work_item_id = recorded_categories.work_item_id
            and recorded_categories.from_at < assumed_progress.ended_at
        group by assumed_progress.work_item_id, assumed_progress.ended_at
        union all
        -- the item's own date of closing, where no change shows it, or one to a status that nothing explains
        select
            work_item_id,
            done_at as from_at,
            case when last_category = 'unknown' then 1000000000 else -1 end as step,
            case
                when status_category in ('done', 'cancelled') then status_category else 'unknown'
            end as status_category
        from items_with_record
        where
            done_at is not null
            and coalesce(last_category, 'unknown') not in ('done', 'cancelled')
            and (not (has_progress or has_unknown) or (done_at >= last_at and status_category in ('done', 'cancelled')))
    ),

    ranked_events as (
        select *, row_number() over (partition by work_item_id, from_at order by step desc, status_category) as recency
        from events
    ),

    events_with_previous as (
        select
            work_item_id,
            from_at,
            status_category,
            lag(status_category) over (partition by work_item_id order by from_at) as previous_category
        from ranked_events
        where recency = 1
    ),

    category_changes as (
        select * from events_with_previous where previous_category is null or previous_category <> status_category
    ),

    stretches as (
        select
            category_changes.work_item_id,
            category_changes.from_at,
            coalesce(
                lead(category_changes.from_at) over (
                    partition by category_changes.work_item_id order by category_changes.from_at
                ),
                settings.as_of_at
            ) as to_at,
            category_changes.status_category
        from category_changes
        cross join settings
    )

select *
from stretches
where from_at < to_at
