{#- Written by `outcomes staging` from sources/contracts/reference.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("initiatives", ["initiative_id"]) }}),

    renamed as (
        select
            -- ids
            initiative_id,
            objective_id,
            team_id,
            product_id,
            -- text
            name,
            stage,
            currency,
            -- numbers
            approved_amount,
            -- times
            planned_start_date,
            planned_end_date,
            started_at,
            ended_at,
            approved_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
