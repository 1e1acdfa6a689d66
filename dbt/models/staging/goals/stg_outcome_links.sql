{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("outcome_links", ["link_id"]) }}),

    renamed as (
        select
            -- ids
            link_id,
            work_item_id,
            initiative_id,
            key_result_id,
            -- numbers
            weight,
            -- times
            valid_from,
            valid_to,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
