-- The median of days from commitment to release, or to done where there is no release, by the day it was delivered.
with
    done as (
        select
            ((coalesce(released_at, done_at) at time zone 'UTC') at time zone time_zone)::date as day,
            (epoch_us(coalesce(released_at, done_at)) - epoch_us(committed_at)) / 86400e6 as lead_days,
            product,
            team,
            initiative
        from feed.work_items
        cross join feed.settings
        where is_deliverable and status_category = 'done' and done_at <= as_of_at
    ),

    by_member as (
        select
            *,
            unnest(['total', 'product', 'team', 'initiative']) as dimension_name,
            unnest(['total', product, team, initiative]) as member_id
        from done
    )
select grain, period_start, dimension_name, member_id, quantile_cont(lead_days, 0.5) as value, count(lead_days) as n
from by_member
inner join feed.days as days using (day)
group by all
