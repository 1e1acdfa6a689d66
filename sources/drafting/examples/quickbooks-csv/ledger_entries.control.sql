select 'count(*)' as measure, count(*) as expected
from raw.quickbooks
union all
select 'sum(abs(amount))', sum(abs(replace("Amount", ',', '')::decimal(28, 10)))
from raw.quickbooks
