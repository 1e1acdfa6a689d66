-- Who is compared with whom, and over which days, is told once more: another side or a longer past would go unseen.
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

    days as (
        select distinct own_day as day, if(today - own_day < 364, today - own_day + 1, 365)::integer as reach
        from teams
        where has_begun
    ),

    expected as (
        select
            teams.team_key,
            if(teams.has_begun, 'pilot', 'rest') as side,
            days.day as start_date,
            days.day - days.reach as before_from_date,
            days.day + days.reach as after_to_date
        from teams
        cross join days
        where
            case
                when teams.has_begun
                then teams.own_day = days.day
                when teams.is_pilot
                then teams.own_day > today
                else true
            end
    ),

    told as (select team_key, side, start_date, before_from_date, after_to_date from {{ ref("int_pilot_windows") }}),

    too_many as (
        select *
        from told
        except all
        select *
        from expected
    ),

    too_few as (
        select *
        from expected
        except all
        select *
        from told
    )

select *
from too_many
union all
select *
from too_few
