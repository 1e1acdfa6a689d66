{#- Written by `outcomes staging` from sources/contracts/finance.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("labour_rates", ["person_id", "team_id", "valid_from"]) }}),

    renamed as (
        select
            -- ids
            person_id,
            team_id,
            -- text
            currency,
            -- numbers
            hourly_cost,
            -- times
            valid_from,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
