-- hledger, "print" as CSV: one row per posting. Amounts have no thousands sign, and the decimal sign of the journal.
with postings as (select *, row_number() over (partition by txnidx, account order by _record) as nth from raw.hledger)
select
    getvariable('source') || ':' || txnidx || ':' || account || ':' || nth as ledger_entry_id,
    "date" as posted_date,
    account as account_code,
    replace(amount, ',', '.') as amount,
    -- check: the symbols of your currencies
    case commodity when '€' then 'EUR' when '$' then 'USD' when '£' then 'GBP' else commodity end as currency,
    -- check: a tag `team:`, and others alike
    coalesce(
        nullif(regexp_extract("posting-comment", '\bteam: *([^,\s]+)', 1), ''),
        nullif(regexp_extract(comment, '\bteam: *([^,\s]+)', 1), '')
    ) as team_id,
    description,
    case when account[1] in ('(', '[') then 'virtual posting' end as _excluded,
    _file,
    _record
from postings
