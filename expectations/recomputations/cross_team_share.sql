-- Of the deliverables done by now with hours of known teams: the share that people of two or more teams booked on.
with
    contributors as (
        select deliverable_id, count(distinct hours.team_id) as teams
        from feed.team_hours as hours
        cross join feed.settings
        inner join feed.nearest_deliverables as nearest on nearest.work_item_id = hours.work_item_id
        where hours.team_id is not null and work_date <= as_of_date
        group by all
    ),

    done as (
        select
            ((done_at at time zone 'UTC') at time zone time_zone)::date as day,
            teams,
            unnest(['total', 'product']) as dimension_name,
            unnest(['total', product]) as member_id
        from feed.work_items as items
        cross join feed.settings
        inner join contributors on contributors.deliverable_id = items.work_item_id
        where is_deliverable and status_category = 'done' and done_at <= as_of_at
    )
select grain, period_start, dimension_name, member_id, count(*) filter (teams >= 2) / count(*) as value, count(*) as n
from done
inner join feed.days as days using (day)
group by all
