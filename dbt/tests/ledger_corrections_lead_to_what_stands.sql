-- A restatement ends where the ledger stands: an entry put in last is there as it was put in, one taken out last is
-- gone.
with
    entries as (select * from {{ ref("fct_ledger_entries") }}),

    ordered as (
        select
            *,
            row_number() over (partition by ledger_entry_id order by restated_at desc, direction = 'in' desc) as recency
        from {{ ref("fct_ledger_corrections") }}
    ),

    compared as (
        select ordered.*, entries.amount, entries.posted_date as standing_posted_date
        from ordered
        left join entries on ordered.ledger_entry_id = entries.ledger_entry_id
        where ordered.recency = 1
    )

select *
from compared
where
    (direction = 'out' and amount is not null)
    or (
        direction = 'in'
        and (amount is distinct from restated_amount or standing_posted_date is distinct from posted_date)
    )
