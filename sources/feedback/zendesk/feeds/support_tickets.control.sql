select 'count(*)' as measure, count(*) as expected
from (select id, arg_max(status, _record) as status from raw.tickets group by id) as latest
where status <> 'deleted'
