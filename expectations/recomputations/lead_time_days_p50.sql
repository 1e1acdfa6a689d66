-- The median of days from commitment to delivery, by the day of delivery.
with
    by_member as (
        select
            day,
            (epoch_us(delivered_at) - epoch_us(committed_at)) / 86400e6 as lead_days,
            unnest(['total', 'product', 'team', 'initiative', 'pilot_side']) as dimension_name,
            unnest(['total', product, team, initiative, side]) as member_id
        from feed.delivered_work
        inner join feed.pilot_sides using (team)
    )
select grain, period_start, dimension_name, member_id, quantile_cont(lead_days, 0.50) as value, count(lead_days) as n
from by_member
inner join feed.days as days using (day)
group by all
