-- lookup: initiatives
with projects as (select *, row_number() over (partition by id order by _record desc) as nth from raw.projects)
select
    getvariable('source') || ':' || id as initiative_id,
    name,
    case
        status ->> '$.type'
        when 'completed'
        then 'done'
        when 'canceled'
        then 'cancelled'
        when 'started'
        then 'active'
        when 'paused'
        then 'active'
        else 'proposed'
    end as stage,
    case
        when
            (initiatives ->> '$.nodes[0].id')
            in (select id from raw.initiatives where targetdate is not null and trashed is distinct from 'true')
        then getvariable('source') || ':' || (initiatives ->> '$.nodes[0].id')
    end as objective_id,
    getvariable('source') || ':' || (teams ->> '$.nodes[0].id') as team_id,
    startdate as planned_start_date,
    targetdate as planned_end_date,
    startedat as started_at,
    coalesce(completedat, canceledat) as ended_at,
    case when nth > 1 then 'merged' when trashed = 'true' then 'deleted' end as _excluded,
    _file,
    _record
from projects
