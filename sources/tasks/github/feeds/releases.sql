with
    releases as (
        select *, row_number() over (partition by record ->> '$.id' order by _record desc) as nth from raw.releases
    )
select
    getvariable('source') || ':' || (record ->> '$.id') as release_id,
    coalesce(nullif(record ->> '$.name', ''), record ->> '$.tag_name') as name,
    record ->> '$.published_at' as released_at,
    case
        when nth > 1
        then 'merged'
        when (record ->> '$.draft') = 'true'
        then 'draft'
        when (record ->> '$.published_at') is null
        then 'not published'
    end as _excluded,
    _file,
    _record
from releases
