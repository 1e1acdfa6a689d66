-- one row a team and span of days on which it is there: from ever, or from when it came back, until a snapshot of its
-- source no longer holds it
with
    seen as (
        select team_id, load_seq, observed_at, true as is_there
        from stage.landing.teams
        where _row_kind = 'row'
        union
        select teams.team_id, loads.load_seq, loads.observed_at, false
        from stage.landing.teams as teams
        inner join
            stage.landing.loads as loads
            on loads.feed = 'teams'
            and loads.source = teams.source
            and loads.kind = 'snapshot'
            and loads.deletes
            and loads.load_seq > teams.load_seq
        anti join stage.landing.teams as still on still.team_id = teams.team_id and still.load_seq = loads.load_seq
        where teams._row_kind = 'row'
    ),
    turns as (
        select *, lag(is_there) over (partition by team_id order by load_seq) as was_there
        from seen
        qualify is_there is distinct from was_there
    )
select
    team_id,
    case
        when was_there is null
        then date '0001-01-01'
        else ((observed_at at time zone 'UTC') at time zone time_zone)::date
    end as from_day,
    coalesce(
        (
            (lead(observed_at) over (partition by team_id order by load_seq) at time zone 'UTC') at time zone time_zone
        )::date,
        date '9999-12-31'
    ) as to_day
from turns
cross join feed.settings
qualify is_there
