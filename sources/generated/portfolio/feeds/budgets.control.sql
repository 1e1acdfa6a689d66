select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.budgets
union all
select 'sum(amount)', sum(amount::decimal(28, 10))
from raw.budgets
