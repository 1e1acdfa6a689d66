-- one row per work item and stretch of time in one status category, from its creation to now (to_at exclusive): what it
-- is at each moment at which something is known to begin
with
    items as (
        select
            work_item_id,
            status_category,
            created_at,
            if(started_at <= as_of_at, started_at, null) as started_at,
            if(done_at <= as_of_at, done_at, null) as done_at
        from feed.work_items
        cross join stage.landing.settings
        where created_at <= as_of_at
    ),

    -- the last change to done is one to cancelled if the item is cancelled now
    told as (
        select
            records.* exclude (category),
            if(
                category = 'done'
                and items.status_category = 'cancelled'
                and lead(moment) over (partition by work_item_id order by moment, step) is null,
                'cancelled',
                category
            ) as category
        from feed.status_records as records
        inner join items using (work_item_id)
    ),

    summaries as (
        select
            items.*,
            count(moment) > 0 as is_recorded,
            max(moment) as last_moment,
            arg_max(category, (moment, step)) as last_category,
            coalesce(bool_or(category = 'in_progress' and step >= 0), false) as is_taken_up,
            coalesce(bool_or(category = 'unknown' and step >= 0), false) as is_unclear,
            min(moment) filter (category in ('done', 'cancelled') and moment > started_at) as closed_at
        from items
        left join told using (work_item_id)
        group by all
    ),

    known as (
        select
            *,
            coalesce(done_at, closed_at) as ended_at,
            -- no change shows or may show its start: it was in progress from its start date until it was closed
            not (is_taken_up or is_unclear)
            and started_at is not null
            and coalesce(done_at > started_at, true) as is_assumed,
            -- it was closed on its own date of done, unless a change says when
            done_at is not null
            and coalesce(last_category, 'unknown') not in ('done', 'cancelled')
            and (
                not (is_taken_up or is_unclear) or (done_at >= last_moment and status_category in ('done', 'cancelled'))
            ) as is_closed_on_its_date
        from summaries
    ),

    moments as (
        select work_item_id, unnest([created_at, started_at, done_at]) as from_at
        from items
        union
        select work_item_id, moment
        from told
    ),

    -- the last record at each moment
    latest as (
        select
            moments.work_item_id,
            from_at,
            max(moment) filter (step >= 0) as changed_at,
            arg_max(category, (moment, step)) as category
        from moments
        left join told on told.work_item_id = moments.work_item_id and moment <= from_at
        where from_at is not null
        group by all
    ),

    states as (
        select
            work_item_id,
            from_at,
            case
                when is_assumed and from_at >= started_at and coalesce(from_at < ended_at, true)
                then 'in_progress'
                when
                    is_closed_on_its_date
                    and from_at >= done_at
                    and (last_category = 'unknown' or coalesce(changed_at < done_at, true))
                    and (changed_at > done_at) is not true
                    and (created_at <= done_at or not is_recorded or from_at < created_at)
                then if(status_category in ('done', 'cancelled'), status_category, 'unknown')
                when latest.category = 'in_progress' and changed_at is null and from_at < started_at
                then 'to_do'
                when is_recorded
                then latest.category
                when started_at is not null or done_at is not null
                then 'to_do'
                when status_category = 'in_progress'
                then 'unknown'
                else status_category
            end as category
        from latest
        inner join known using (work_item_id)
    ),

    -- before its creation only what has a date of its own
    turns as (
        select *
        from states
        where category is not null
        qualify category is distinct from lag(category) over (partition by work_item_id order by from_at)
    )
select
    work_item_id,
    category,
    from_at,
    coalesce(lead(from_at) over (partition by work_item_id order by from_at), as_of_at) as to_at,
    lag(category) over (partition by work_item_id order by from_at) as previous_category,
    lag(from_at) over (partition by work_item_id order by from_at) as previous_at,
    lead(category) over (partition by work_item_id order by from_at) as next_category
from turns
cross join stage.landing.settings
