-- A corrected entry shows what it said before: the same as was taken out of the ledger when it was put right.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with
    entries as (select * from {{ ref("fct_ledger_entries") }}),

    last_in as (
        select ledger_entry_id, max(restated_at) as restated_at, max_by(correction_kind, restated_at) as correction_kind
        from {{ ref("fct_ledger_corrections") }}
        where direction = 'in'
        group by ledger_entry_id
    ),

    taken_out as (
        select ledger_entry_id, restated_at, posted_date, currency, - restated_amount as amount
        from {{ ref("fct_ledger_corrections") }}
        where direction = 'out'
    ),

    expected as (
        select taken_out.*
        from taken_out
        inner join
            last_in
            on taken_out.ledger_entry_id = last_in.ledger_entry_id
            and taken_out.restated_at = last_in.restated_at
            and last_in.correction_kind = 'corrected'
    )

select entries.ledger_entry_id, entries.corrected_at, expected.restated_at, entries.previous_amount, expected.amount
from entries
left join expected on entries.ledger_entry_id = expected.ledger_entry_id
where
    entries.is_corrected <> (expected.ledger_entry_id is not null)
    or entries.corrected_at is distinct from expected.restated_at
    or entries.previous_posted_date is distinct from expected.posted_date
    or entries.previous_amount is distinct from expected.amount
    or entries.previous_currency is distinct from expected.currency
