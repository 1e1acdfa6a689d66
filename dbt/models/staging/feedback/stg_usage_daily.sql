{#- Written by `outcomes staging` from sources/contracts/feedback.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("usage_daily", ["product_id", "user_id", "usage_date", "feature"]) }}),

    renamed as (
        select
            -- ids
            product_id,
            user_id,
            -- text
            feature,
            -- numbers
            events,
            -- times
            usage_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
