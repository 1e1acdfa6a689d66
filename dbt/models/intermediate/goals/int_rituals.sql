with
    rituals as (select * from {{ ref("stg_rituals") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dated_rituals as (
        select
            rituals.*,
            {{ local_date("rituals.held_at", "settings.time_zone") }} as held_date,
            rituals.held_at <= settings.as_of_at as is_held
        from rituals
        cross join settings
    ),

    rituals_with_days_since_previous as (
        select
            *,
            {{
                dbt.datediff(
                    "lag(held_date) over (partition by ritual_type, team_id order by held_at, ritual_id)",
                    "held_date",
                    "day",
                )
            }} as days_since_previous
        from dated_rituals
    )

select *
from rituals_with_days_since_previous
