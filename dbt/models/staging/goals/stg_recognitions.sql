{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("recognitions", ["recognition_id"]) }}),

    renamed as (
        select
            -- ids
            recognition_id,
            work_item_id,
            initiative_id,
            -- times
            recognised_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
