select
    getvariable('source') || ':' || id as team_id,
    name,
    getvariable('source') || ':' || (parent ->> '$.id') as parent_team_id,
    case when row_number() over (partition by id order by _record desc) > 1 then 'merged' end as _excluded,
    _file,
    _record
from raw.teams
