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

    -- the category of a status is the most frequent one of the portfolio's own work items, then the first by name; an
    -- item
    -- that was cancelled by its resolution decides only where no other does
    status_meanings as (
        select
            status,
            status_category,
            count(*) as items,
            count(*) filter (status_category <> 'cancelled' or resolution is null) as deciding_items
        from {{ ref("stg_work_items") }}
        group by status, status_category
    ),

    ranked_meanings as (
        select
            status,
            status_category,
            row_number() over (
                partition by status order by deciding_items desc, items desc, status_category
            ) as preference
        from status_meanings
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
    deciding_changes as (
        select *, row_number() over (partition by work_item_id order by changed_at, change_seq) as change_number
        from changes
        where (field = 'status_category') = has_categories
    ),

    -- a blanked value still holds; before the first change the value was what it changed from
    recorded_statuses as (
        select work_item_id, changed_at as from_at, change_seq as step, to_value as status
        from deciding_changes
        where to_value is not null
        union all
        select
            deciding_changes.work_item_id,
            work_items.created_at as from_at,
            -1 as step,
            deciding_changes.from_value as status
        from deciding_changes
        inner join work_items on deciding_changes.work_item_id = work_items.work_item_id
        where deciding_changes.change_number = 1
    ),

    categories_of_statuses as (
        select
            recorded_statuses.work_item_id,
            recorded_statuses.from_at,
            recorded_statuses.step,
            case
                when recorded_statuses.status in ('to_do', 'in_progress', 'done', 'cancelled', 'unknown')
                then recorded_statuses.status
                else coalesce(status_categories.status_category, 'unknown')
            end as status_category
        from recorded_statuses
        left join status_categories on recorded_statuses.status = status_categories.status
    ),

    ranked_categories as (
        select *, row_number() over (partition by work_item_id order by from_at desc, step desc) as recency
        from categories_of_statuses
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
            max(status_category) filter (recency = 1) in ('done', 'cancelled') as is_closed,
            bool_or(status_category = 'in_progress' and step = -1) as begins_in_progress,
            bool_or(status_category = 'in_progress' and step >= 0) as has_progress
        from recorded_categories
        group by work_item_id
    ),

    items_with_record as (
        select
            work_items.*,
            item_records.work_item_id is not null as has_record,
            item_records.last_at,
            coalesce(item_records.is_closed, false) as is_closed,
            coalesce(item_records.begins_in_progress, false) as begins_in_progress,
            coalesce(item_records.has_progress, false) as has_progress
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

    -- where no change shows progress, an item was in progress from its start until it was closed
    assumed_progress as (
        select
            items_with_record.work_item_id,
            items_with_record.started_at,
            coalesce(items_with_record.done_at, closings.closed_at) as ended_at
        from items_with_record
        left join closings on items_with_record.work_item_id = closings.work_item_id
        where
            not items_with_record.has_progress
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
        where not has_record
        union all
        select work_item_id, started_at as from_at, 1000000000 as step, 'in_progress' as status_category
        from assumed_progress
        union all
        select work_item_id, started_at as from_at, -1 as step, 'in_progress' as status_category
        from items_with_record
        where begins_in_progress and has_progress and started_at > created_at
        union all
        -- the item's own date of closing, where no change shows it
        select
            work_item_id,
            done_at as from_at,
            -1 as step,
            case
                when status_category in ('done', 'cancelled') then status_category else 'unknown'
            end as status_category
        from items_with_record
        where
            done_at is not null
            and not is_closed
            and (not has_progress or (done_at > last_at and status_category in ('done', 'cancelled')))
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
