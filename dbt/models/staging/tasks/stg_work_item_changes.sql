{#- Written by `outcomes staging` from sources/contracts/tasks.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("work_item_changes", ["work_item_id", "field", "changed_at", "change_seq"]) }}),

    renamed as (
        select
            -- ids
            work_item_id,
            -- text
            field,
            from_value,
            to_value,
            from_category,
            to_category,
            changed_by,
            -- numbers
            change_seq,
            -- times
            changed_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
