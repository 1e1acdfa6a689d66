{#- Written by `outcomes staging` from sources/contracts/finance.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("ledger_entries", ["ledger_entry_id"]) }}),

    renamed as (
        select
            -- ids
            ledger_entry_id,
            reverses_ledger_entry_id,
            team_id,
            initiative_id,
            work_item_id,
            product_id,
            customer_id,
            -- text
            account_code,
            currency,
            description,
            -- numbers
            amount,
            -- times
            posted_date,
            service_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
