-- one row per key result: the score that its readings end with
select
    key_result_id,
    objective_id,
    profile,
    case when is_output then 'output' else 'outcome' end as kind,
    is_hold,
    is_by_metric,
    case
        when is_by_metric or profile = 'unmeasured'
        then null
        when is_hold
        then (profile <> 'none')::integer
        else final_score
    end::decimal(9, 6) as final_score,
    target_moves_on
from key_results
order by key_result_id
