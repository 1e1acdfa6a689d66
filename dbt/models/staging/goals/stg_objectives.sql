{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("objectives", ["objective_id"]) }}),

    renamed as (
        select
            -- ids
            objective_id,
            parent_objective_id,
            team_id,
            owner_id,
            -- text
            name,
            -- times
            period_start,
            period_end,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
