select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.key_result_checkins
union all
select 'sum(value)', sum(value::decimal(28, 10))
from raw.key_result_checkins
