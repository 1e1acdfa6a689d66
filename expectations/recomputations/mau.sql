-- Distinct users who did something in the 28 days to the period's last day that the feed covers.
select
    ends.grain,
    ends.period_start,
    ends.dimension_name,
    ends.member_id,
    count(distinct user_id)::double as value,
    count(distinct user_id) as n
from feed.usage_ends as ends
left join
    feed.active_days as active_days
    on active_days.dimension_name = ends.dimension_name
    and active_days.member_id = ends.member_id
    and active_days.day between ends.last_day - 27 and ends.last_day
where grain not in ('day', 'week')
group by all
