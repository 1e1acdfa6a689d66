-- The first line of an account gives it; the others are merged into it.
with lines as (select *, row_number() over (partition by "Account Code" order by _record) as nth from raw.xero)
select
    "Account Code" as account_code,
    "Account" as account_name,
    case
        when "Account Type" in ('Expense', 'Overhead', 'Direct Costs', 'Depreciation')
        then 'cost'
        when "Account Type" in ('Revenue', 'Sales', 'Other Income')
        then 'revenue'
        when "Account Type" in ('Bank', 'Current Asset', 'Current Liability')
        then 'transfer'
        else 'other'
    end as account_type,
    "Account" as cost_category,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from lines
