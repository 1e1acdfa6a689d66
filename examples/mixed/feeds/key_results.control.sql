select 'count(*)' as measure, count(distinct "Id") as expected from raw.okrs
