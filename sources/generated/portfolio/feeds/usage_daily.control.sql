select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.usage_daily
union all
select 'sum(events)', sum(events::bigint)
from raw.usage_daily
