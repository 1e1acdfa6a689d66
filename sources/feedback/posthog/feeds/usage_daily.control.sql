select 'sum(events)' as measure, coalesce(sum(events), 0) as expected
from (select arg_max(events::bigint, _record) as events from raw.use group by day, person, feature)
