-- a project is a team; its issues name it
select
    getvariable('source') || ':' || project as team_id,
    project as name,
    case when row_number() over (partition by project order by _record) > 1 then 'merged' end as _excluded,
    _file,
    _record
from raw.issues
