with
    rituals as (select * from {{ ref("int_rituals") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    rituals_with_keys as (
        select
            {{ surrogate_key(["rituals.ritual_id"]) }} as ritual_key,
            rituals.ritual_id,
            rituals.ritual_type,
            {{ version_keys("team", "rituals.team_id") }},
            rituals.held_at,
            rituals.held_date,
            rituals.is_held,
            rituals.days_since_previous,
            rituals.participants,
            rituals.actions_raised,
            rituals.actions_closed,
            rituals.source_file,
            rituals.source_record
        from rituals {{ join_versions("team", "team_versions", "rituals.team_id", "rituals.held_at") }}
    )

select *
from rituals_with_keys
