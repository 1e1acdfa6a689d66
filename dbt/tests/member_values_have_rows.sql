-- A member is listed in a period only if a row of it was counted or excluded: an empty value tells nothing.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

select metric_name, grain, period_start, dimension_name, member_id
from {{ ref("fct_metric_values") }}
where
    dimension_name <> 'total'
    and value is null
    and n = 0
    and n_excluded = 0
    and metric_name not in (
        'action_closure_rate',
        'aligned_cost_share',
        'aligned_work_share',
        'first_response_hours_p50',
        'no_value_cost',
        'objective_score',
        'resolution_hours_p85',
        'stickiness',
        'tickets_per_100_active',
        'time_to_value_days_p50',
        'unallocated_cost_share',
        'unlinked_cost',
        'value_created_share',
        'value_judged_share'
    )
