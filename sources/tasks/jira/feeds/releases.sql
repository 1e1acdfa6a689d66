select
    getvariable('source') || ':' || id as release_id,
    name,
    releasedate as released_at,
    case
        when released is distinct from 'true' then 'not released' when releasedate is null then 'no release date'
    end as _excluded,
    _file,
    _record
from raw.versions
