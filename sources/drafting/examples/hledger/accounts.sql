-- The first posting of an account gives it; the others are merged into it.
with
    postings as (
        select
            *,
            row_number() over (partition by account order by _record) as nth,
            lower(split_part(account, ':', 1)) as top
        from raw.hledger
    )
select
    account as account_code,
    account as account_name,
    -- check: the names of your topmost accounts
    case
        when top in ('expense', 'expenses')
        then 'cost'
        when top in ('revenue', 'revenues', 'income')
        then 'revenue'
        else 'other'
    end as account_type,
    case when top in ('expense', 'expenses') then split_part(account, ':', 2) end as cost_category,
    case when account[1] in ('(', '[') then 'virtual posting' when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from postings
