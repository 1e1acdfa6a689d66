-- The first posting of an account gives it; the others are merged into it.
with postings as (select *, row_number() over (partition by account order by _record) as nth from raw.beancount)
select
    account as account_code,
    account as account_name,
    -- check: the names, where the ledger's options rename them
    case
        split_part(account, ':', 1) when 'Expenses' then 'cost' when 'Income' then 'revenue' else 'other'
    end as account_type,
    case when account like 'Expenses:%' then split_part(account, ':', 2) end as cost_category,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from postings
