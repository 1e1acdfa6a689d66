with
    releases as (
        select *, row_number() over (partition by project, record ->> '$.tag_name' order by _record desc) as nth
        from raw.releases
    )
select
    getvariable('source') || ':' || project || ':' || (record ->> '$.tag_name') as release_id,
    coalesce(nullif(record ->> '$.name', ''), record ->> '$.tag_name') as name,
    record ->> '$.released_at' as released_at,
    case when nth > 1 then 'merged' when (record ->> '$.upcoming_release') = 'true' then 'upcoming' end as _excluded,
    _file,
    _record
from releases
