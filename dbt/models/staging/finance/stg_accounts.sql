{#- Written by `outcomes staging` from sources/contracts/finance.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("accounts", ["account_code"]) }}),

    renamed as (
        select
            -- text
            account_code,
            account_name,
            account_type,
            cost_category,
            -- flags
            is_capital,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
