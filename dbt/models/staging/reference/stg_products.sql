{#- Written by `outcomes staging` from sources/contracts/reference.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("products", ["product_id"]) }}),

    renamed as (
        select
            -- ids
            product_id,
            parent_product_id,
            -- text
            name,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
