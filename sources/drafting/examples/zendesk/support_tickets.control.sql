select 'count(*)' as measure, count(*) filter (status <> 'deleted') as expected from raw.tickets
