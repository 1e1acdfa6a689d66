with accounts as (select *, row_number() over (partition by accountid order by _record desc) as nth from raw.accounts)
select
    getvariable('source') || ':' || coalesce(nullif(code, ''), accountid) as account_code,
    name as account_name,
    case
        when class = 'EXPENSE'
        then 'cost'
        when class = 'REVENUE'
        then 'revenue'
        when type = 'BANK'
        then 'transfer'
        else 'other'
    end as account_type,
    case when class = 'EXPENSE' then name end as cost_category,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from accounts
