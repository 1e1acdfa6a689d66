select 'count(*)' as measure, count(*)::decimal(38, 10) as expected
from raw.issues
union all
select 'count(*) filter (where is_deliverable)', count(*) filter (where key like 'F-%')
from raw.issues
union all
select 'count(*) filter (where status_category = ''done'')', count(resolved)
from raw.issues
union all
select 'count(done_at)', count(resolved)
from raw.issues
union all
select 'count(*) filter (where status_category = ''cancelled'')', count(*) filter (where status ilike 'cancel%')
from raw.issues
union all
-- on a board to the right of Ready, and not yet through
select
    'count(*) filter (where status_category = ''in_progress'')',
    count(*) filter (where regexp_matches(status, 'Progress|Doing|Review|Blocked'))
from raw.issues
union all
select
    'count(*) filter (where status_category = ''to_do'')', count(*) filter (where regexp_matches(status, 'log|Ready'))
from raw.issues
union all
select 'count(*) filter (where resolution = ''duplicate'')', count(*) filter (where resolution = 'Duplicate')
from raw.issues
union all
select 'count(*) filter (where resolution = ''wont_do'')', count(*) filter (where resolution ilike 'won%')
from raw.issues
union all
select 'count(*) filter (where resolution = ''done'')', count(*) filter (where resolution = 'Done')
from raw.issues
