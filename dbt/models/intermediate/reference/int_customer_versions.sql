with
    versions as (
        {{
            row_versions(
                "customers",
                "customer_id",
                ["segment", "region", "since_date"],
            )
        }}
    )

select {{ surrogate_key(["customer_id", "valid_from"]) }} as customer_key, versions.*
from versions
