select 'count(*)' as measure, count(distinct record ->> '$.id') as expected
from raw.issues
where (record ->> '$.moved_to_id') is null
