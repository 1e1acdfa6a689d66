-- Deliverables done a week: those of the period over its days, from the month of the first up to now.
with
    done as (
        select ((done_at at time zone 'UTC') at time zone time_zone)::date as day
        from feed.work_items
        cross join feed.settings
        where is_deliverable and status_category = 'done' and done_at <= as_of_at
    ),

    calendar as (
        select grain, period_start, days.day, count(done.day) as deliverables
        from feed.days as days
        cross join feed.settings
        left join done on done.day = days.day
        where days.day between (select date_trunc('month', min(day)) from done) and as_of_date
        group by all
    )
select
    grain,
    period_start,
    'total' as dimension_name,
    'total' as member_id,
    sum(deliverables) / (count(*) / 7) as value,
    sum(deliverables)::bigint as n
from calendar
group by all
