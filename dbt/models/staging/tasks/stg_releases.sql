{#- Written by `outcomes staging` from sources/contracts/tasks.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("releases", ["release_id"]) }}),

    renamed as (
        select
            -- ids
            release_id,
            product_id,
            -- text
            name,
            -- times
            released_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
