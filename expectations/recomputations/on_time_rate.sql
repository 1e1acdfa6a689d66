-- Of the deliverables due by now and not cancelled: the share done by the due date at commitment.
with
    -- the first change of the due date after commitment shows the promised date
    moves_after_promise as (
        select items.work_item_id, try_cast(from_value as date) as promised_date
        from feed.work_items as items
        inner join feed.work_item_changes as changes on changes.work_item_id = items.work_item_id
        where field = 'due_date' and changed_at > committed_at
        qualify row_number() over (partition by items.work_item_id order by changed_at, change_seq) = 1
    ),

    promises as (
        select items.*, case when moves_after_promise.work_item_id is null then due_date else promised_date end as day
        from feed.work_items as items
        left join moves_after_promise on moves_after_promise.work_item_id = items.work_item_id
        where is_deliverable and status_category <> 'cancelled'
    ),

    due as (
        select
            day,
            status_category = 'done'
            and done_at <= as_of_at
            and ((done_at at time zone 'UTC') at time zone time_zone)::date <= day as is_on_time,
            product,
            team,
            initiative
        from promises
        cross join stage.landing.settings
        where day <= as_of_date
    ),

    by_member as (
        select
            day,
            is_on_time,
            unnest(['total', 'product', 'team', 'initiative', 'pilot_side']) as dimension_name,
            unnest(['total', product, team, initiative, side]) as member_id
        from due
        inner join feed.pilot_sides using (team)
    )
select grain, period_start, dimension_name, member_id, count(*) filter (is_on_time) / count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
