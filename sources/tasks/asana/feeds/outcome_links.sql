-- lookup: goals
with
    supported as (
        select
            *,
            record ->> '$.gid' as goal,
            row_number() over (partition by project, record ->> '$.gid' order by _record desc) as nth
        from raw.project_goals
    ),
    measured as (
        select gid
        from raw.goals
        where
            (metric ->> '$.target_number_value') is not null
            and (metric ->> '$.progress_source') <> 'subgoal_progress'
            and coalesce(start_on, time_period ->> '$.start_on') is not null
            and coalesce(due_on, time_period ->> '$.end_on') is not null
            and (metric ->> '$.target_number_value')::double <> (metric ->> '$.initial_number_value')::double
    )
select
    getvariable('source') || ':' || project || ':' || goal as link_id,
    getvariable('source') || ':' || project as initiative_id,
    getvariable('source') || ':' || goal as key_result_id,
    1 as weight,
    case
        when nth > 1 then 'merged' when goal not in (select gid from measured) then 'no measured goal'
    end as _excluded,
    _file,
    _record
from supported
