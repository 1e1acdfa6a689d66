select 'count(*)' as measure, count(*)::decimal(38, 10) as expected from raw.recognitions
