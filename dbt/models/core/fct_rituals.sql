with
    rituals as (select * from {{ ref("stg_rituals") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dated as (
        select
            rituals.*,
            {{ local_date("rituals.held_at", "settings.time_zone") }} as held_date,
            rituals.held_at <= settings.as_of_at as is_held
        from rituals
        cross join settings
    ),

    spaced as (
        select
            *, lag(held_date) over (partition by ritual_type, team_id order by held_at, ritual_id) as previous_held_date
        from dated
    ),

    keyed as (
        select
            {{ surrogate_key(["spaced.ritual_id"]) }} as ritual_key,
            spaced.ritual_id,
            spaced.ritual_type,
            {{ version_keys("team", "spaced.team_id") }},
            spaced.held_at,
            spaced.held_date,
            spaced.is_held,
            {{ dbt.datediff("spaced.previous_held_date", "spaced.held_date", "day") }} as days_since_previous,
            spaced.participants,
            spaced.actions_raised,
            spaced.actions_closed,
            spaced.source_file,
            spaced.source_record
        from spaced {{ join_versions("team", "spaced.team_id", "spaced.held_at") }}
    )

select *
from keyed
