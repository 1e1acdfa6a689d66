-- the teams of projects
select
    getvariable('source') || ':' || (team ->> '$.gid') as team_id,
    team ->> '$.name' as name,
    case
        when (team ->> '$.gid') is null
        then 'without a team'
        when row_number() over (partition by team ->> '$.gid' order by _record desc) > 1
        then 'merged'
    end as _excluded,
    _file,
    _record
from raw.projects
