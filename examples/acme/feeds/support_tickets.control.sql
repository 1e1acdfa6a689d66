select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.support_tickets
union all
select 'count(solved_at)', count(solved_at)
from raw.support_tickets
