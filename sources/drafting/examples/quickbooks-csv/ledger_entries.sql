-- QuickBooks Online, "Transaction Detail by Account"; layout from general knowledge, not tested against the tool.
-- lookup: accounts
with
    lines as (
        select
            *,
            try_strptime("Date", '%m/%d/%Y')::date::varchar as posted,
            replace("Amount", ',', '')::decimal(28, 10) as signed
        from raw.quickbooks
    )
select
    'quickbooks-' || lines._record as ledger_entry_id,
    coalesce(posted, "Date") as posted_date,
    "Account" as account_code,
    -- the feed has debits positive, so income is negative
    case when accounts."Type" in ('Income', 'Other Income') then - signed else signed end as amount,
    'USD' as currency,  -- check: the company's home currency
    "Memo/Description" as description,
    lines._file,
    lines._record
from lines
left join raw.accounts as accounts on accounts."Full name" = lines."Account"
