-- one row per work item and stretch of time in one status category, from its creation to now (to_at exclusive): from
-- its changes, or without them from its start and closing dates
with
    -- a status has the category of most work items in it, of those not cancelled by a resolution if any; ties: the
    -- first
    -- name
    meanings as (
        select status, arg_min(status_category, (- telling, - items, status_category)) as category
        from
            (
                select
                    status,
                    status_category,
                    count(*) as items,
                    count(*) filter (status_category <> 'cancelled' or resolution is null) as telling
                from feed.work_items
                group by all
            )
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

    -- changes of the category go before changes of the status
    status_changes as (
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

    status_values as (
        select work_item_id, changed_at as moment, change_seq as step, to_value as status
        from status_changes
        where to_value is not null
        union all
        select work_item_id, created_at, -1, from_value
        from status_changes
        inner join items using (work_item_id)
        where number = 1
    ),

    -- the last change to done is one to cancelled if the item is cancelled now
    states as (
        select
            status_values.work_item_id,
            moment,
            step,
            if(
                status_values.status in ('to_do', 'in_progress', 'done', 'cancelled', 'unknown'),
                status_values.status,
                coalesce(meanings.category, 'unknown')
            ) as told,
            lead(moment) over (partition by status_values.work_item_id order by moment, step) is null as is_last,
            if(is_last and told = 'done' and items.status_category = 'cancelled', 'cancelled', told) as category
        from status_values
        inner join items on items.work_item_id = status_values.work_item_id
        left join meanings on meanings.status = status_values.status
    ),

    known as (
        select
            items.*,
            max(moment) as last_at,
            count(moment) > 0 as has_changes,
            coalesce(arg_max(category, (moment, step)) in ('done', 'cancelled'), false) as is_closed,
            coalesce(bool_or(category = 'in_progress' and step = -1), false) as begins_in_progress,
            coalesce(bool_or(category = 'in_progress' and step >= 0), false) as is_taken_up,
            min(moment) filter (category in ('done', 'cancelled') and moment > started_at) as closed_at
        from items
        left join states using (work_item_id)
        group by all
    ),

    -- no change shows its start: it was in progress from its start date until it was closed
    assumed as (
        select work_item_id, started_at, coalesce(done_at, closed_at) as ended_at
        from known
        where not is_taken_up and started_at is not null and coalesce(done_at > started_at, true)
    ),

    events as (
        select
            states.work_item_id,
            moment,
            step,
            if(step = -1 and category = 'in_progress' and known.started_at > moment, 'to_do', category) as category
        from states
        inner join known using (work_item_id)
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
        from known
        where not has_changes
        union all
        select work_item_id, started_at, 1000000000, 'in_progress'
        from assumed
        union all
        select work_item_id, started_at, -1, 'in_progress'
        from known
        where begins_in_progress and is_taken_up and started_at > created_at
        union all
        select work_item_id, done_at, -1, if(status_category in ('done', 'cancelled'), status_category, 'unknown')
        from known
        where
            done_at is not null
            and not is_closed
            and (not is_taken_up or (done_at > last_at and status_category in ('done', 'cancelled')))
    ),

    last_of_a_moment as (
        select *
        from events
        qualify row_number() over (partition by work_item_id, moment order by step desc, category) = 1
    ),

    turns as (
        select *
        from last_of_a_moment
        qualify category is distinct from lag(category) over (partition by work_item_id order by moment)
    )
select
    work_item_id,
    category,
    moment as from_at,
    coalesce(lead(moment) over (partition by work_item_id order by moment), as_of_at) as to_at,
    lead(category) over (partition by work_item_id order by moment) as next_category
from turns
cross join feed.settings
