select 'count(*)' as measure, count(*) as expected
from raw.beancount
union all
select 'sum(amount)', sum("number"::decimal(28, 10))
from raw.beancount
