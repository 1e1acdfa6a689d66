-- The median hours from opening to the first answer, of the tickets answered in the period.
with
    by_member as (
        select
            answered_day as day,
            hours_to_answer as hours,
            unnest(['total', 'product']) as dimension_name,
            unnest(['total', product]) as member_id
        from feed.tickets
        where hours_to_answer >= 0
    )
select grain, period_start, dimension_name, member_id, quantile_cont(hours, 0.5) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
