with
    goals as (
        select
            *,
            coalesce(start_on, time_period ->> '$.start_on') as period_start,
            coalesce(due_on, time_period ->> '$.end_on') as period_end,
            metric ->> '$.progress_source' as progress_source,
            row_number() over (partition by gid order by _record desc) as nth
        from raw.goals
    )
select
    getvariable('source') || ':' || gid as key_result_id,
    getvariable('source') || ':' || gid as objective_id,
    name,
    -- progress that Asana counts from tasks, milestones or projects is that of things made
    case when progress_source in ('manual', 'external') then 'outcome' else 'output' end as kind,
    'reach' as goal_type,
    case
        metric ->> '$.unit'
        when 'percentage'
        then 'percent'
        when 'currency'
        then coalesce(metric ->> '$.currency_code', 'currency')
        else 'number'
    end as unit,
    metric ->> '$.initial_number_value' as baseline_value,
    metric ->> '$.target_number_value' as target_value,
    period_start as start_date,
    period_end as due_date,
    owner ->> '$.gid' as owner_id,
    case
        when nth > 1
        then 'merged'
        when (metric ->> '$.target_number_value') is null
        then 'without a metric'
        when progress_source = 'subgoal_progress'
        then 'measured by its sub-goals'
        when period_start is null or period_end is null
        then 'without a period'
        when (metric ->> '$.target_number_value')::double = (metric ->> '$.initial_number_value')::double
        then 'target equals start'
    end as _excluded,
    _file,
    _record
from goals
