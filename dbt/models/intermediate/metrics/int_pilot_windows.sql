with
    settings as (select * from {{ ref("stg_settings") }}),

    teams as (
        select team_id, team_key, pilot_start_date, pilot_side as side from {{ ref("int_teams") }} where is_latest
    ),

    pilot_starts as (
        select distinct
            teams.pilot_start_date as start_date,
            least(365, {{ dbt.datediff("teams.pilot_start_date", "settings.as_of_date", "day") }} + 1) as window_days
        from teams
        cross join settings
        where teams.side = 'pilot'
    ),

    windows as (
        select
            teams.team_id,
            teams.team_key,
            teams.side,
            pilot_starts.start_date,
            cast(
                {{ dbt.dateadd("day", "-pilot_starts.window_days", "pilot_starts.start_date") }} as date
            ) as before_from_date,
            cast(
                {{ dbt.dateadd("day", "pilot_starts.window_days", "pilot_starts.start_date") }} as date
            ) as after_to_date
        from teams
        inner join pilot_starts on teams.side = 'rest' or teams.pilot_start_date = pilot_starts.start_date
    )

select *
from windows
