-- Of the users first active in the period those active again 28 to 34 days later; only of cohorts whose days 0 to 34
-- the feed covers, without its first 28 days.
with
    users as (
        select
            dimension_name, member_id, user_id, min(day) as day, bool_or(day - first_use between 28 and 34) as is_back
        from
            (
                select *, min(day) over (partition by dimension_name, member_id, user_id) as first_use
                from feed.active_days
            )
        group by all
    ),

    judged as (
        select *
        from users
        where
            day >= (select min(day) from feed.usage_days) + 28
            and (select count(*) from feed.usage_days as seen where seen.day between users.day and users.day + 34) = 35
    )
select grain, period_start, dimension_name, member_id, count(*) filter (is_back) / count(*) as value, count(*) as n
from judged
inner join feed.days as days using (day)
group by all
