-- one row per team and day on which a pilot began: a pilot's own, and each of them for a team that is none. The windows
-- before and after that day are as long as each other: a year, or as long as the pilot has run
with
    settings as (select * from {{ ref("stg_settings") }}),

    teams as (select * from {{ ref("dim_team") }} where is_latest and team_key > 0),

    -- a team that will be a pilot isn't one yet; a pilot whose start nobody knows is on neither side
    sides as (
        select
            teams.team_key,
            teams.pilot_start_date,
            case
                when not teams.is_pilot or teams.pilot_start_date > settings.as_of_date
                then 'rest'
                when teams.pilot_start_date is not null
                then 'pilot'
            end as side
        from teams
        cross join settings
    ),

    starts as (
        select distinct
            sides.pilot_start_date as start_date,
            least(365, {{ dbt.datediff("sides.pilot_start_date", "settings.as_of_date", "day") }} + 1) as window_days
        from sides
        cross join settings
        where sides.side = 'pilot'
    ),

    windows as (
        select
            sides.team_key,
            sides.side,
            starts.start_date,
            cast({{ dbt.dateadd("day", "-starts.window_days", "starts.start_date") }} as date) as before_from_date,
            cast({{ dbt.dateadd("day", "starts.window_days", "starts.start_date") }} as date) as after_to_date
        from sides
        inner join starts on sides.side = 'rest' or sides.pilot_start_date = starts.start_date
    )

select *
from windows
