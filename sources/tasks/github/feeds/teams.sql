-- a repository is a team; its issues name it
select
    getvariable('source') || ':' || repository as team_id,
    repository as name,
    case when row_number() over (partition by repository order by _record) > 1 then 'merged' end as _excluded,
    _file,
    _record
from raw.issues
