-- Of the key results that ran in the period: the share of kind outcome.
with
    by_member as (
        select *, unnest(['total', 'team', 'pilot_side']) as dimension_name, unnest(['total', team, side]) as member_id
        from feed.key_result_points
        inner join feed.pilot_sides using (team)
    ),

    running as (
        select distinct grain, period_start, dimension_name, member_id, key_result_id, kind
        from by_member
        inner join feed.days as days using (day)
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    count(*) filter (kind = 'outcome') / count(*) as value,
    count(*) as n
from running
group by all
