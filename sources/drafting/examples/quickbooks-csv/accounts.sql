select
    "Full name" as account_code,
    "Full name" as account_name,
    case
        when "Type" in ('Expenses', 'Other Expense', 'Cost of Goods Sold')
        then 'cost'
        when "Type" in ('Income', 'Other Income')
        then 'revenue'
        when "Type" in ('Bank', 'Credit Card')
        then 'transfer'
        else 'other'
    end as account_type,
    "Detail type" as cost_category,
    _file,
    _record
from raw.accounts
