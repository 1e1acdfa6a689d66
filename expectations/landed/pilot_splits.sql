-- one row per team and day that divides its before and after: a pilot's own start, and every pilot's start for the
-- other teams; `reach` is the number of days compared on either side
with
    newest as (
        select team_id, is_pilot, pilot_start_date
        from feed.teams
        union all
        select team_id, is_pilot, pilot_start_date
        from feed.teams_deleted
    ),
    pilots as (
        select team_id, pilot_start_date as split_day
        from newest
        cross join stage.landing.settings
        where is_pilot and pilot_start_date <= as_of_date
    ),
    others as (
        select team_id
        from newest
        cross join stage.landing.settings
        where is_pilot is not true or pilot_start_date > as_of_date
    )
select team_id, true as is_pilot, split_day, least(365, as_of_date + 1 - split_day) as reach
from pilots
cross join stage.landing.settings
union all
select team_id, false, split_day, least(365, as_of_date + 1 - split_day)
from others
cross join (select distinct split_day from pilots)
cross join stage.landing.settings
