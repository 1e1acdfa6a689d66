{#- Written by `outcomes staging` from sources/contracts/finance.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("budgets", ["budget_id"]) }}),

    renamed as (
        select
            -- ids
            budget_id,
            team_id,
            product_id,
            initiative_id,
            -- text
            account_code,
            currency,
            budget_version,
            -- numbers
            amount,
            -- times
            month,
            version_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
