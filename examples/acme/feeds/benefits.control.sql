select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.benefits
union all
select 'sum(amount)', sum(amount::decimal(28, 10))
from raw.benefits
