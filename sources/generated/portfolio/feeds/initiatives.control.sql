select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.initiatives
union all
select 'sum(approved_amount)', sum(approved_amount::decimal(28, 10))
from raw.initiatives
