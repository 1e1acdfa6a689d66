with
    versions as (
        {{
            row_versions(
                "initiatives",
                "initiative_id",
                [
                    "name",
                    "stage",
                    "objective_id",
                    "team_id",
                    "product_id",
                    "planned_start_date",
                    "planned_end_date",
                    "started_at",
                    "ended_at",
                    "approved_at",
                    "approved_amount",
                    "currency",
                ],
            )
        }}
    )

select {{ surrogate_key(["initiative_id", "valid_from"]) }} as initiative_key, versions.*
from versions
