-- an area is a team; the revisions name it
select
    getvariable('source') || ':' || (fields ->> '$."System.AreaPath"') as team_id,
    fields ->> '$."System.AreaPath"' as name,
    case
        when row_number() over (partition by fields ->> '$."System.AreaPath"' order by _record) > 1 then 'merged'
    end as _excluded,
    _file,
    _record
from raw.revisions
