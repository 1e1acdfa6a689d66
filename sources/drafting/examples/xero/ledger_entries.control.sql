select 'count(*)' as measure, count(*) as expected
from raw.xero
union all
select 'sum(amount)', sum(replace("Debit", ',', '')::decimal(28, 10)) - sum(replace("Credit", ',', '')::decimal(28, 10))
from raw.xero
