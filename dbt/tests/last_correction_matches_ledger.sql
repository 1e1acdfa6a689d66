-- Corrections end at the ledger: an entry put in last is in it with these values, one taken out last is gone.
with
    entries as (select * from {{ ref("fct_ledger_entries") }}),

    ranked_corrections as (
        select
            *,
            row_number() over (partition by ledger_entry_id order by restated_at desc, direction = 'in' desc) as recency
        from {{ ref("fct_ledger_corrections") }}
    ),

    last_corrections as (
        select ranked_corrections.*, entries.amount, entries.posted_date as standing_posted_date
        from ranked_corrections
        left join entries on ranked_corrections.ledger_entry_id = entries.ledger_entry_id
        where ranked_corrections.recency = 1
    )

select *
from last_corrections
where
    (direction = 'out' and amount is not null)
    or (
        direction = 'in'
        and (amount is distinct from restated_amount or standing_posted_date is distinct from posted_date)
    )
