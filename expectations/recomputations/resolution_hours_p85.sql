-- The hours within which 85 % of the tickets solved in the period were.
with
    by_member as (
        select
            solved_day as day,
            hours_to_solve as hours,
            unnest(['total', 'product']) as dimension_name,
            unnest(['total', product]) as member_id
        from feed.tickets
        where hours_to_solve >= 0
    )
select grain, period_start, dimension_name, member_id, quantile_cont(hours, 0.85) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
