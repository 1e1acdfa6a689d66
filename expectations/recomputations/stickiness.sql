-- The mean day's active users over the 28 days to the period's last, on days that the feed covers, over all users
-- active in those 28 days.
with
    windows as (
        select grain, period_start, dimension_name, member_id, last_day, count(*) as covered
        from feed.usage_ends
        inner join feed.usage_days as usage_days on usage_days.day between last_day - 27 and last_day
        where grain not in ('day', 'week')
        group by all
    )
select
    windows.grain,
    windows.period_start,
    windows.dimension_name,
    windows.member_id,
    count(*) filter (active_days.day in (select day from feed.usage_days))
    / any_value(covered)
    / nullif(count(distinct user_id), 0) as value,
    count(distinct user_id) as n
from windows
left join
    feed.active_days as active_days
    on active_days.dimension_name = windows.dimension_name
    and active_days.member_id = windows.member_id
    and active_days.day between last_day - 27 and last_day
group by all
