{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("key_result_checkins", ["key_result_id", "checked_at"]) }}),

    renamed as (
        select
            -- ids
            key_result_id,
            -- text
            note,
            -- numbers
            value,
            confidence,
            -- times
            checked_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
