with
    goals as (
        select
            *,
            coalesce(start_on, time_period ->> '$.start_on') as period_start,
            coalesce(due_on, time_period ->> '$.end_on') as period_end,
            row_number() over (partition by gid order by _record desc) as nth
        from raw.goals
    )
select
    getvariable('source') || ':' || gid as objective_id,
    name,
    getvariable('source') || ':' || (team ->> '$.gid') as team_id,
    owner ->> '$.gid' as owner_id,
    period_start,
    period_end,
    case
        when nth > 1 then 'merged' when period_start is null or period_end is null then 'without a period'
    end as _excluded,
    _file,
    _record
from goals
