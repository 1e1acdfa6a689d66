select 'count(*)' as measure, count(*) as expected from raw.okrs
