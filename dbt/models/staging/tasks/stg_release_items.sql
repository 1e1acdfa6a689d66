{#- Written by `outcomes staging` from sources/contracts/tasks.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("release_items", ["release_id", "work_item_id"]) }}),

    renamed as (
        select
            -- ids
            release_id,
            work_item_id,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
