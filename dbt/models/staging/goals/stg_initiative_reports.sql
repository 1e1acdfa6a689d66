{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("initiative_reports", ["initiative_id", "reported_at"]) }}),

    renamed as (
        select
            -- ids
            initiative_id,
            -- text
            health,
            note,
            -- numbers
            confidence,
            -- times
            reported_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
