-- Deliverables delivered by now, by the day they reached their users.
with
    by_member as (
        select
            day,
            unnest(['total', 'product', 'team', 'initiative', 'pilot_side']) as dimension_name,
            unnest(['total', product, team, initiative, side]) as member_id
        from feed.delivered_work
        inner join feed.pilot_sides using (team)
    )
select grain, period_start, dimension_name, member_id, count(*)::double as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
