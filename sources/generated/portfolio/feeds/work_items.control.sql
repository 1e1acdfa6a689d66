select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.issues
union all
select 'count(*) filter (where is_deliverable)', count(*) filter (where key like 'F-%')
from raw.issues
union all
select 'count(*) filter (where status_category = ''done'')', count(*) filter (where resolution = 'Done')
from raw.issues
union all
select 'count(done_at)', count(resolved)
from raw.issues
