with issues as (select *, row_number() over (partition by id order by _record desc) as nth from raw.issues)
select
    getvariable('source') || ':' || (version.entry ->> '$.id') as release_id,
    getvariable('source') || ':' || issues.id as work_item_id,
    case
        when nth > 1
        then 'merged'
        when version.entry is null
        then 'in no version'
        when (version.entry ->> '$.released') is distinct from 'true'
        then 'not released'
        when (version.entry ->> '$.releaseDate') is null
        then 'no release date'
    end as _excluded,
    _file,
    _record
from issues
left join lateral(select unnest(from_json((issues.fields -> 'fixVersions'), '["json"]')) as entry) as version on true
