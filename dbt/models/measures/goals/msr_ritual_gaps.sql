with
    settings as (select * from {{ ref("stg_settings") }}),

    rituals as (select * from {{ ref("fct_rituals") }} where is_held),

    teams as (select team_key, is_current from {{ ref("dim_team") }} where is_latest),

    held_days as (select distinct current_team_key as team_key, ritual_type, held_date from rituals),

    held_and_open_days as (
        select *
        from held_days
        union distinct
        select distinct held_days.team_key, held_days.ritual_type, settings.as_of_date as held_date
        from held_days
        cross join settings
        inner join teams on held_days.team_key = teams.team_key
        where teams.is_current
    ),

    days_with_previous as (
        select *, lag(held_date) over (partition by team_key, ritual_type order by held_date) as previous_held_date
        from held_and_open_days
    ),

    ritual_gaps as (
        select
            {{ surrogate_key(["team_key", "ritual_type", "held_date"]) }} as ritual_gap_key,
            team_key,
            {{ surrogate_key(["ritual_type"]) }} as ritual_type_key,
            held_date,
            {{ dbt.datediff("previous_held_date", "held_date", "day") }} as gap_days
        from days_with_previous
        where previous_held_date is not null
    )

select *
from ritual_gaps
