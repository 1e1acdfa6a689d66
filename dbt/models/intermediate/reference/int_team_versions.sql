with
    versions as (
        {{
            row_versions(
                "teams",
                "team_id",
                ["name", "parent_team_id", "is_pilot", "pilot_start_date"],
            )
        }}
    )

select {{ surrogate_key(["team_id", "valid_from"]) }} as team_key, versions.*
from versions
