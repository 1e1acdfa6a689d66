with
    versions as (select * from {{ ref("int_restated_ledger_versions") }}),

    versions_with_previous as (
        select
            ledger_entry_id,
            shown_at as corrected_at,
            begun_by,
            is_current,
            lag(posted_date) over (partition by ledger_entry_id order by version_number) as previous_posted_date,
            lag(amount) over (partition by ledger_entry_id order by version_number) as previous_amount,
            lag(currency) over (partition by ledger_entry_id order by version_number) as previous_currency
        from versions
    )

select ledger_entry_id, corrected_at, previous_posted_date, previous_amount, previous_currency
from versions_with_previous
where is_current and begun_by = 'corrected'
