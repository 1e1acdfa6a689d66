-- the key results that had begun, with the target on the folder's day
select
    key_result_id,
    objective_id,
    key_result_name as name,
    case when is_output then 'output' else 'outcome' end as kind,
    case when is_hold then 'hold' else 'reach' end as goal_type,
    unit,
    case when is_hold then 'up' when target_value < baseline_value then 'down' end as direction,
    baseline_value::decimal(18, 4) as baseline_value,
    case
        when target_moves_on is null
        then target_value
        when shown_on() < target_moves_on
        then first_target_value
        else coalesce(late_target_value, target_value)
    end::decimal(18, 4) as target_value,
    start_date,
    due_date,
    format('PER-{:05d}', team_k + 1) as owner_id,
    case when is_by_metric then 'nps' end as metric_name,
    case when is_by_metric then 'product' end as metric_dimension,
    case when is_by_metric then 'PRD-01' end as metric_member_id
from key_results
where start_date <= shown_on()
order by key_result_id
