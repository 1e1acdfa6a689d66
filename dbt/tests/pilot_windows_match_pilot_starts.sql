-- Another side or a longer past of a pilot comparison would go unseen: sides and windows are derived here again.
{{ config(meta={"dagster": {"ref": {"name": "dim_team"}}}) }}

with
    teams as (
        select
            teams.team_key,
            teams.is_pilot,
            teams.pilot_start_date as own_day,
            settings.as_of_date as today,
            teams.is_pilot and coalesce(teams.pilot_start_date <= settings.as_of_date, false) as has_begun
        from {{ ref("dim_team") }} as teams
        cross join {{ ref("stg_settings") }} as settings
        where teams.is_latest and teams.team_id not in ('-1', '-2', '-3')
    ),

    pilot_starts as (
        select distinct own_day as day, if(today - own_day < 364, today - own_day + 1, 365)::integer as reach
        from teams
        where has_begun
    ),

    expected_windows as (
        select
            teams.team_key,
            if(teams.has_begun, 'pilot', 'rest') as side,
            pilot_starts.day as start_date,
            pilot_starts.day - pilot_starts.reach as before_from_date,
            pilot_starts.day + pilot_starts.reach as after_to_date
        from teams
        cross join pilot_starts
        where
            case
                when teams.has_begun
                then teams.own_day = pilot_starts.day
                when teams.is_pilot
                then teams.own_day > today
                else true
            end
    ),

    published_windows as (
        select team_key, side, start_date, before_from_date, after_to_date from {{ ref("int_pilot_windows") }}
    ),

    unexpected_windows as (
        select *
        from published_windows
        except all
        select *
        from expected_windows
    ),

    missing_windows as (
        select *
        from expected_windows
        except all
        select *
        from published_windows
    )

select *
from unexpected_windows
union all
select *
from missing_windows
