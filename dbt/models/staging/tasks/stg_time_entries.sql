{#- Written by `outcomes staging` from sources/contracts/tasks.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("time_entries", ["time_entry_id"]) }}),

    renamed as (
        select
            -- ids
            time_entry_id,
            work_item_id,
            person_id,
            -- numbers
            hours,
            -- times
            work_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
