-- one row per team and span of days on which it exists: from ever until it is deleted, and again from when a source has
-- it again
with
    local_times as (
        select
            team_id,
            at_moment,
            next_moment,
            (at_moment at time zone 'UTC') at time zone time_zone as from_time,
            (next_moment at time zone 'UTC') at time zone time_zone as to_time
        from feed.teams_history
        cross join stage.landing.settings
    )
select
    team_id,
    if(at_moment = timestamp '0001-01-01', at_moment, from_time)::date as from_day,
    if(next_moment = timestamp '9999-12-31', next_moment, to_time)::date as to_day
from local_times
