-- Of the actions that rituals raised: the share that is closed, of those rituals that say both.
with
    by_member as (
        select
            day,
            actions_raised,
            actions_closed,
            unnest(['total', 'team', 'pilot_side']) as dimension_name,
            unnest(['total', team, side]) as member_id
        from feed.held_rituals
        inner join feed.pilot_sides using (team)
        where actions_raised is not null and actions_closed is not null
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    sum(actions_closed) / nullif(sum(actions_raised), 0) as value,
    sum(actions_raised)::bigint as n
from by_member
inner join feed.days as days using (day)
group by all
