select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.issue_changes
union all
select 'count(distinct work_item_id)', count(distinct key)
from raw.issue_changes
