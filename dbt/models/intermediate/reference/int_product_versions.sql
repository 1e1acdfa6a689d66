with
    versions as (
        {{
            row_versions(
                "products",
                "product_id",
                ["name", "parent_product_id"],
            )
        }}
    )

select {{ surrogate_key(["product_id", "valid_from"]) }} as product_key, versions.*
from versions
