-- Of the deliverables delivered by now with hours of known teams: the share that people of two or more teams booked on.
with
    contributors as (
        select deliverable_id, count(distinct hours.team_id) as teams
        from feed.team_hours as hours
        cross join feed.settings
        inner join feed.nearest_deliverables as nearest on nearest.work_item_id = hours.work_item_id
        where hours.team_id is not null and work_date <= as_of_date
        group by all
    ),

    delivered as (
        select
            day,
            teams,
            unnest(['total', 'product', 'pilot_side']) as dimension_name,
            unnest(['total', product, side]) as member_id
        from feed.delivered_work as work
        inner join contributors on contributors.deliverable_id = work.work_item_id
        inner join feed.pilot_sides using (team)
    )
select grain, period_start, dimension_name, member_id, count(*) filter (teams >= 2) / count(*) as value, count(*) as n
from delivered
inner join feed.days as days using (day)
group by all
