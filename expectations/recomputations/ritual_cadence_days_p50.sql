-- The median of days between the days on which a team held one kind of ritual; for a current team also up to now.
with
    held as (
        select team, ritual_type, day
        from feed.held_rituals
        union
        select rituals.team, ritual_type, as_of_date
        from feed.held_rituals as rituals
        cross join stage.landing.settings
        left join feed.teams as teams on teams.team_id = rituals.team
        where teams.team_id is not null or rituals.team in ('-1', '-2', '-3')
    ),

    gaps as (select *, day - lag(day) over (partition by team, ritual_type order by day) as gap_days from held),

    by_member as (
        select
            *,
            unnest(['total', 'team', 'ritual_type']) as dimension_name,
            unnest(['total', team, ritual_type]) as member_id
        from gaps
        where gap_days is not null
    )
select grain, period_start, dimension_name, member_id, quantile_cont(gap_days, 0.5)::double as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
