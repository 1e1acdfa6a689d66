select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.time_entries
union all
select 'sum(hours)', sum(hours::decimal(28, 10))
from raw.time_entries
