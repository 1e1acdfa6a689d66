{#- Written by `outcomes staging` from sources/contracts/finance.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("exchange_rates", ["rate_date", "currency"]) }}),

    renamed as (
        select
            -- text
            currency,
            -- numbers
            rate_to_reporting,
            -- times
            rate_date,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
