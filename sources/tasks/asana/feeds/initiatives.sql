-- lookup: project_goals, goals
with
    projects as (select *, row_number() over (partition by gid order by _record desc) as nth from raw.projects),
    supported as (
        select project, min(record ->> '$.gid') as goal
        from raw.project_goals
        where
            (record ->> '$.gid')
            in (select gid from raw.goals where coalesce(time_period ->> '$.end_on', due_on) is not null)
        group by project
    )
select
    getvariable('source') || ':' || gid as initiative_id,
    name,
    case when completed = 'true' then 'done' when archived = 'true' then 'cancelled' else 'active' end as stage,
    getvariable('source') || ':' || supported.goal as objective_id,
    getvariable('source') || ':' || (team ->> '$.gid') as team_id,
    start_on as planned_start_date,
    due_on as planned_end_date,
    completed_at as ended_at,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from projects
left join supported on projects.gid = supported.project
