{#- Written by `outcomes staging` from sources/contracts/tasks.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("statuses", ["status_source", "status", "since"]) }}),

    renamed as (
        select
            -- text
            status_source,
            status,
            category,
            -- times
            since,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
