-- A corrected entry shows its values before: those that its last correction took out of the ledger.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with
    entries as (select * from {{ ref("fct_ledger_entries") }}),

    last_corrections as (
        select ledger_entry_id, restated_at
        from {{ ref("fct_ledger_corrections") }}
        where direction = 'in'
        qualify restated_at = max(restated_at) over (partition by ledger_entry_id) and correction_kind = 'corrected'
    ),

    expected_previous_values as (
        select
            taken_out.ledger_entry_id,
            taken_out.restated_at,
            taken_out.posted_date,
            taken_out.currency,
            - taken_out.restated_amount as amount
        from {{ ref("fct_ledger_corrections") }} as taken_out
        semi join
            last_corrections
            on taken_out.ledger_entry_id = last_corrections.ledger_entry_id
            and taken_out.restated_at = last_corrections.restated_at
        where taken_out.direction = 'out'
    )

select ledger_entry_id, is_corrected, corrected_at, previous_posted_date, previous_amount, previous_currency
from entries
where
    case
        when is_corrected
        then
            not exists (
                from expected_previous_values
                where
                    expected_previous_values.ledger_entry_id = entries.ledger_entry_id
                    and expected_previous_values.restated_at = entries.corrected_at
                    and expected_previous_values.posted_date = entries.previous_posted_date
                    and expected_previous_values.amount = entries.previous_amount
                    and expected_previous_values.currency is not distinct from entries.previous_currency
            )
        else
            exists (
                from expected_previous_values where expected_previous_values.ledger_entry_id = entries.ledger_entry_id
            )
            or corrected_at is not null
            or previous_posted_date is not null
            or previous_amount is not null
            or previous_currency is not null
    end
