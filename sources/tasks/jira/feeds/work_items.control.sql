select 'count(*)' as measure, count(distinct id) as expected from raw.issues
