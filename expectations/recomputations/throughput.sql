-- Deliverables delivered per week: those of the period over its days, from the month of the first up to now.
with
    calendar as (
        select grain, period_start, days.day, count(work.day) as deliverables
        from feed.days as days
        cross join stage.landing.settings
        left join feed.delivered_work as work on work.day = days.day
        where days.day between (select date_trunc('month', min(day)) from feed.delivered_work) and as_of_date
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
