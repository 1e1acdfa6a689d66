-- Of the deliverables delivered, but run: the share that is linked to an outcome key result.
with
    by_member as (
        select
            day,
            is_aligned,
            unnest(['total', 'team', 'product', 'initiative', 'pilot_side']) as dimension_name,
            unnest(['total', team, product, initiative, side]) as member_id
        from feed.deliverable_values
        inner join feed.pilot_sides using (team)
        where not is_run
    )
select grain, period_start, dimension_name, member_id, count(*) filter (is_aligned) / count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
