{#- Written by `outcomes staging` from sources/contracts/goals.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("decisions", ["decision_id"]) }}),

    renamed as (
        select
            -- ids
            decision_id,
            trigger_id,
            -- text
            kind,
            trigger_kind,
            changed,
            -- times
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
