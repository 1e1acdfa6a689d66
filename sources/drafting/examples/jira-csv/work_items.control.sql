select 'count(*)' as measure, count(*) as expected
from raw.jira
union all
select 'count(done_at)', count("Resolved")
from raw.jira
