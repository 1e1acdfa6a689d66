-- what this pull reads: Asana doesn't give the values of before
with goals as (select *, row_number() over (partition by gid order by _record desc) as nth from raw.goals)
select
    getvariable('source') || ':' || gid as key_result_id,
    getvariable('observed_at') as checked_at,
    metric ->> '$.current_number_value' as value,
    case
        when nth > 1
        then 'merged'
        when (metric ->> '$.target_number_value') is null or (metric ->> '$.current_number_value') is null
        then 'without a value'
        when (metric ->> '$.progress_source') = 'subgoal_progress'
        then 'measured by its sub-goals'
        when
            coalesce(start_on, time_period ->> '$.start_on') is null
            or coalesce(due_on, time_period ->> '$.end_on') is null
        then 'without a period'
        when (metric ->> '$.target_number_value')::double = (metric ->> '$.initial_number_value')::double
        then 'target equals start'
    end as _excluded,
    _file,
    _record
from goals
