{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("rituals", ["ritual_id"]) }}),

    renamed as (
        select
            -- ids
            ritual_id,
            team_id,
            -- text
            ritual_type,
            -- numbers
            participants,
            actions_raised,
            actions_closed,
            -- times
            held_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
