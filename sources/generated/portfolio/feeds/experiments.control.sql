select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.experiments
union all
select 'count(decided_at)', count(decided_at)
from raw.experiments
