-- one row per work item and stretch of time in one status category, from its creation to now (to_at exclusive): as its
-- changes tell it, and where they don't, as its own dates of start and closing do
with
    -- a status means what most work items in it say; the first name of equals
    status_meanings as (
        select status, arg_min(status_category, (- items, status_category)) as category
        from (select status, status_category, count(*) as items from feed.work_items group by all)
        group by status
    ),

    items as (
        select
            work_item_id,
            status_category,
            created_at,
            if(started_at <= as_of_at, started_at, null) as started_at,
            if(done_at <= as_of_at, done_at, null) as done_at
        from feed.work_items
        cross join feed.settings
        where created_at <= as_of_at
    ),

    -- an item whose categories changed is read by these, any other by its statuses
    deciding_changes as (
        select changes.*, row_number() over (partition by work_item_id order by changed_at, change_seq) as number
        from feed.work_item_changes as changes
        cross join feed.settings
        where
            changed_at <= as_of_at
            and work_item_id in (select work_item_id from items)
            and field = if(
                work_item_id in (
                    select work_item_id
                    from feed.work_item_changes
                    where field = 'status_category' and to_value is not null and changed_at <= as_of_at
                ),
                'status_category',
                'status'
            )
    ),

    recorded_statuses as (
        select work_item_id, changed_at as moment, change_seq as step, to_value as status
        from deciding_changes
        where to_value is not null
        union all
        select work_item_id, created_at, -1, from_value
        from deciding_changes
        inner join items using (work_item_id)
        where number = 1
    ),

    states as (
        select
            work_item_id,
            moment,
            step,
            if(
                recorded_statuses.status in ('to_do', 'in_progress', 'done', 'cancelled', 'unknown'),
                recorded_statuses.status,
                coalesce(category, 'unknown')
            ) as category
        from recorded_statuses
        left join status_meanings on status_meanings.status = recorded_statuses.status
    ),

    items_with_record as (
        select
            items.*,
            max(moment) as last_at,
            count(moment) > 0 as is_told,
            coalesce(arg_max(category, (moment, step)) in ('done', 'cancelled'), false) as is_closed,
            coalesce(bool_or(category = 'in_progress' and step = -1), false) as begins_in_progress,
            coalesce(bool_or(category = 'in_progress' and step >= 0), false) as is_taken_up,
            min(moment) filter (category in ('done', 'cancelled') and moment > started_at) as closed_at
        from items
        left join states using (work_item_id)
        group by all
    ),

    -- nobody told that it was taken up: it was in progress from its start until it was closed
    assumed as (
        select work_item_id, started_at, coalesce(done_at, closed_at) as ended_at
        from items_with_record
        where not is_taken_up and started_at is not null and coalesce(done_at > started_at, true)
    ),

    events as (
        select
            states.work_item_id,
            moment,
            step,
            if(
                step = -1 and category = 'in_progress' and items_with_record.started_at > moment, 'to_do', category
            ) as category
        from states
        inner join items_with_record using (work_item_id)
        left join assumed using (work_item_id)
        where assumed.work_item_id is null or moment < assumed.started_at or moment >= assumed.ended_at
        union all
        select
            work_item_id,
            created_at,
            -1,
            case
                when started_at is not null or done_at is not null
                then 'to_do'
                when status_category = 'in_progress'
                then 'unknown'
                else status_category
            end
        from items_with_record
        where not is_told
        union all
        select work_item_id, started_at, 1000000000, 'in_progress'
        from assumed
        union all
        select work_item_id, started_at, -1, 'in_progress'
        from items_with_record
        where begins_in_progress and is_taken_up and started_at > created_at
        union all
        select work_item_id, done_at, -1, if(status_category in ('done', 'cancelled'), status_category, 'unknown')
        from items_with_record
        where
            done_at is not null
            and not is_closed
            and (not is_taken_up or (done_at > last_at and status_category in ('done', 'cancelled')))
    ),

    last_event_per_moment as (
        select *
        from events
        qualify row_number() over (partition by work_item_id, moment order by step desc, category) = 1
    ),

    category_changes as (
        select *
        from last_event_per_moment
        qualify category is distinct from lag(category) over (partition by work_item_id order by moment)
    )
select
    work_item_id,
    category,
    moment as from_at,
    coalesce(lead(moment) over (partition by work_item_id order by moment), as_of_at) as to_at,
    lead(category) over (partition by work_item_id order by moment) as next_category
from category_changes
cross join feed.settings
