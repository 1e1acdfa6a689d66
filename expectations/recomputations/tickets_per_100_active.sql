-- 100 x tickets opened / users active in the 28 days to the month's last day with usage; both added up over the months
-- that have ended and of which both feeds cover every day.
with
    whole_months as (
        select date_trunc('month', day) as month
        from feed.covered_days
        where feed in ('support_tickets', 'usage_daily')
        group by all
        having count(*) = 2 * extract(day from last_day(any_value(day)))
    ),

    users as (
        select ends.period_start as month, ends.dimension_name, ends.member_id, count(distinct user_id) as users
        from feed.usage_ends as ends
        left join
            feed.active_days as active_days
            on active_days.dimension_name = ends.dimension_name
            and active_days.member_id = ends.member_id
            and active_days.day between ends.last_day - 27 and ends.last_day
        where
            ends.grain = 'month'
            and ends.period_start in (select month from whole_months)
            and 'ticket' in (select kind from feed.given_kinds)
        group by all
    ),

    opened as (
        select
            date_trunc('month', opened_day)::date as month,
            unnest(['total', 'product']) as dimension_name,
            unnest(['total', product]) as member_id
        from feed.tickets
    ),

    months as (
        select
            users.*,
            (
                from opened
                select count(*)
                where
                    opened.month = users.month
                    and opened.dimension_name = users.dimension_name
                    and opened.member_id = users.member_id
            ) as tickets
        from users
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    100 * sum(tickets) / nullif(sum(users), 0) as value,
    sum(users)::bigint as n
from months
inner join feed.days as days on days.day = months.month
group by all
