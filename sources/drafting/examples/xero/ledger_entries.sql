-- Xero, "Account Transactions" with an account's code and type per line; layout from general knowledge, not tested
-- against the tool.
with
    lines as (
        select
            *,
            try_strptime("Date", '%d %b %Y')::date::varchar as posted,
            coalesce(replace("Debit", ',', '')::decimal(28, 10), 0) as debited,
            coalesce(replace("Credit", ',', '')::decimal(28, 10), 0) as credited
        from raw.xero
    )
select
    'xero-' || _record as ledger_entry_id,
    coalesce(posted, "Date") as posted_date,
    "Account Code" as account_code,
    debited - credited as amount,
    'EUR' as currency,  -- check: the organisation's base currency
    "Description" as description,
    _file,
    _record
from lines
