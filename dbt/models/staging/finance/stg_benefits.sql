{#- Written by `outcomes staging` from sources/contracts/finance.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("benefits", ["benefit_id", "month", "scenario"]) }}),

    renamed as (
        select
            -- ids
            benefit_id,
            initiative_id,
            key_result_id,
            -- text
            benefit_type,
            benefit_category,
            scenario,
            currency,
            evidence,
            -- numbers
            amount,
            -- times
            month,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
