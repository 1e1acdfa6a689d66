select 'count(*)' as measure, count(distinct id) as expected from raw.issues where trashed is distinct from 'true'
