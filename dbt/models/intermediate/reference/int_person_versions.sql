with
    versions as (
        {{
            row_versions(
                "people",
                "person_id",
                ["team_id", "joined_date", "left_date"],
            )
        }}
    )

select {{ surrogate_key(["person_id", "valid_from"]) }} as person_key, versions.*
from versions
