with
    versions as (select * from {{ ref("int_restated_ledger_versions") }}),

    versions_with_previous as (
        select
            ledger_entry_id,
            shown_at as corrected_at,
            begun_by,
            is_current,
            -- the version that the corrections since correct
            max(case when begun_by is null or begun_by <> 'corrected' then version_number end) over (
                partition by ledger_entry_id order by version_number
            ) as original_version_number,
            lag(posted_date) over (partition by ledger_entry_id order by version_number) as previous_posted_date,
            lag(amount) over (partition by ledger_entry_id order by version_number) as previous_amount,
            lag(currency) over (partition by ledger_entry_id order by version_number) as previous_currency
        from versions
    ),

    last_corrections as (
        select
            versions_with_previous.ledger_entry_id,
            versions_with_previous.corrected_at,
            versions_with_previous.previous_posted_date,
            versions_with_previous.previous_amount,
            versions_with_previous.previous_currency,
            coalesce(original_versions.service_date, original_versions.posted_date) as original_cost_date
        from versions_with_previous
        left join
            versions as original_versions
            on versions_with_previous.ledger_entry_id = original_versions.ledger_entry_id
            and versions_with_previous.original_version_number = original_versions.version_number
        where versions_with_previous.is_current and versions_with_previous.begun_by = 'corrected'
    )

select *
from last_corrections
