with accounts as (select *, row_number() over (partition by id order by _record desc) as nth from raw.accounts)
select
    getvariable('source') || ':' || id as account_code,
    coalesce(fullyqualifiedname, name) as account_name,
    case
        when classification = 'Expense'
        then 'cost'
        when classification = 'Revenue'
        then 'revenue'
        when accounttype in ('Bank', 'Credit Card')
        then 'transfer'
        else 'other'
    end as account_type,
    case when classification = 'Expense' then name end as cost_category,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from accounts
