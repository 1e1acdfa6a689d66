-- Of the tickets solved in the period and more than 30 days ago the share that was opened again.
with
    by_member as (
        select
            solved_day as day,
            reopened,
            unnest(['total', 'product']) as dimension_name,
            unnest(['total', product]) as member_id
        from feed.tickets
        cross join stage.landing.settings
        where as_of_date - solved_day > 30 and reopened is not null
    )
select grain, period_start, dimension_name, member_id, count(*) filter (reopened) / count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
