select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.rituals
union all
select 'sum(actions_closed)', sum(actions_closed::bigint)
from raw.rituals
