-- one row per team and special member, with its side of the comparison: pilot, rest, or -1 if a pilot's start is
-- unknown
with
    newest as (
        select team_id, is_pilot, pilot_start_date
        from feed.teams
        union all
        select team_id, is_pilot, pilot_start_date
        from feed.teams_deleted
    )
select
    team_id as team,
    case
        when is_pilot is not true or pilot_start_date > as_of_date
        then 'rest'
        when pilot_start_date is null
        then '-1'
        else 'pilot'
    end as side
from newest
cross join stage.landing.settings
union all
select unnest(['-1', '-2', '-3']) as team, team as side
