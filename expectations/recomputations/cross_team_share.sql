-- Of the deliverables delivered by now with hours of known teams: the share on which different people of two or more
-- teams worked in one month.
with
    booked as (
        select
            deliverable_id,
            date_trunc('month', work_date) as month,
            person_id,
            hours.team_id,
            sum(round(hours * 3600)) as seconds
        from feed.team_hours as hours
        cross join stage.landing.settings
        inner join feed.nearest_deliverables as nearest on nearest.work_item_id = hours.work_item_id
        where hours.team_id is not null and work_date <= as_of_date
        group by all
    ),

    -- in a month, everybody is of the team for which they worked most
    members as (
        select deliverable_id, month, person_id, arg_min(team_id, (- seconds, team_id)) as team_id
        from booked
        group by all
    ),

    contributors as (
        select
            deliverable_id,
            exists (
                select 1
                from members as one
                inner join members as other on other.deliverable_id = one.deliverable_id and other.month = one.month
                where one.deliverable_id = members.deliverable_id and one.team_id <> other.team_id
            ) as is_shared
        from members
        group by all
    ),

    delivered as (
        select
            day,
            is_shared,
            unnest(['total', 'product', 'pilot_side']) as dimension_name,
            unnest(['total', product, side]) as member_id
        from feed.delivered_work as work
        inner join contributors on contributors.deliverable_id = work.work_item_id
        inner join feed.pilot_sides using (team)
    )
select grain, period_start, dimension_name, member_id, count(*) filter (is_shared) / count(*) as value, count(*) as n
from delivered
inner join feed.days as days using (day)
group by all
