{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("experiments", ["experiment_id"]) }}),

    renamed as (
        select
            -- ids
            experiment_id,
            team_id,
            -- text
            hypothesis,
            decision,
            -- flags
            changed_decision,
            -- times
            started_at,
            stopped_at,
            decided_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
