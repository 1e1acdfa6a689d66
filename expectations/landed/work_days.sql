-- one row per deliverable, month and state: the days on which it, or an item below it, was in progress or its status
-- unknown, each day of an item once; an item counts for 30 days after it was last touched
with
    active as (
        select stretches.work_item_id, category, from_at, least(to_at, touched_at + interval 30 day) as until
        from feed.stretches as stretches
        inner join feed.last_touches as touches on touches.work_item_id = stretches.work_item_id
        where category in ('in_progress', 'unknown')
    ),
    days as (
        select distinct
            work_item_id,
            category,
            unnest(
                range(
                    ((from_at at time zone 'UTC') at time zone time_zone)::date,
                    (((until - interval 1 microsecond) at time zone 'UTC') at time zone time_zone)::date + 1,
                    interval 1 day
                )
            )::date as day
        from active
        cross join stage.landing.settings
        where from_at < until
    )
select deliverable_id, date_trunc('month', day)::date as month, category, count(*) as days
from days
inner join feed.nearest_deliverables as nearest on nearest.work_item_id = days.work_item_id
group by all
