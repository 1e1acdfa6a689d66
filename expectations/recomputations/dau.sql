-- The mean day's distinct users who did something, over the days that the feed covers.
with
    users_per_day as (
        select dimension_name, member_id, day, count(distinct user_id) as users from feed.active_days group by all
    )
select
    days.grain,
    days.period_start,
    members.dimension_name,
    members.member_id,
    sum(coalesce(users, 0)) / count(*) as value,
    sum(coalesce(users, 0))::bigint as n
from feed.usage_days as covered
inner join feed.days as days on days.day = covered.day
cross join (select distinct dimension_name, member_id from feed.usage_ends) as members
left join
    users_per_day
    on users_per_day.dimension_name = members.dimension_name
    and users_per_day.member_id = members.member_id
    and users_per_day.day = covered.day
group by all
