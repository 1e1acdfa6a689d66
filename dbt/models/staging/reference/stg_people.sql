{#- Written by `outcomes staging` from sources/contracts/reference.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("people", ["person_id"]) }}),

    renamed as (
        select
            -- ids
            person_id,
            team_id,
            -- times
            joined_date,
            left_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
