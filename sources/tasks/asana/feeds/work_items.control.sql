select 'count(*)' as measure, count(distinct gid) as expected from raw.tasks
