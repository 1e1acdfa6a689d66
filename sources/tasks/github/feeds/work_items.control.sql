select 'count(*)' as measure, count(distinct record ->> '$.id') as expected from raw.issues
