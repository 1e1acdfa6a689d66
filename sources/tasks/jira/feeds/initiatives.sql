with issues as (select *, row_number() over (partition by id order by _record desc) as nth from raw.issues)
select
    getvariable('source') || ':' || id as initiative_id,
    (fields ->> '$.summary') as name,
    case
        when
            lower(fields ->> '$.resolution.name') not in ('done', 'fixed', 'completed')
            and (fields ->> '$.status.statusCategory.key') = 'done'
        then 'cancelled'
        else
            case
                (fields ->> '$.status.statusCategory.key')
                when 'done'
                then 'done'
                when 'indeterminate'
                then 'active'
                else 'proposed'
            end
    end as stage,
    getvariable('source') || ':' || (fields ->> '$.project.key') as team_id,
    (fields ->> '$.duedate') as planned_end_date,
    case
        when nth > 1 then 'merged' when (fields ->> '$.issuetype.hierarchyLevel') is distinct from '1' then 'no epic'
    end as _excluded,
    _file,
    _record
from issues
