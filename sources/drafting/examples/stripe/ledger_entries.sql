-- Stripe, balance_change_from_activity.itemized; layout from general knowledge, not tested against the tool. A line
-- with a fee gives two entries.
with
    lines as (select *, gross::decimal(28, 10) as amount, fee::decimal(28, 10) as fee_amount from raw.stripe),
    entries as (
        select *, balance_transaction_id as id, 'stripe:' || reporting_category as account, - amount as debit
        from lines
        union all
        select *, balance_transaction_id || ':fee', 'stripe:processing_fee', fee_amount
        from lines
        where fee_amount <> 0
    )
select
    id as ledger_entry_id,
    left(created_utc, 10) as posted_date,
    account as account_code,
    debit as amount,
    upper(currency) as currency,
    customer_id,
    description,
    _file,
    _record
from entries
