{#- Written by `outcomes staging` from sources/contracts/reference.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("teams", ["team_id"]) }}),

    renamed as (
        select
            -- ids
            team_id,
            parent_team_id,
            -- text
            name,
            -- flags
            is_pilot,
            -- times
            pilot_start_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
