with initiatives as (select *, row_number() over (partition by id order by _record desc) as nth from raw.initiatives)
select
    getvariable('source') || ':' || id as objective_id,
    name,
    getvariable('source') || ':' || (parentinitiative ->> '$.id') as parent_objective_id,
    owner ->> '$.id' as owner_id,
    left(coalesce(startedat, createdat), 10) as period_start,
    targetdate as period_end,
    case
        when nth > 1
        then 'merged'
        when trashed = 'true'
        then 'deleted'
        when targetdate is null
        then 'without a target date'
        when targetdate < left(coalesce(startedat, createdat), 10)
        then 'target date before it began'
    end as _excluded,
    _file,
    _record
from initiatives
