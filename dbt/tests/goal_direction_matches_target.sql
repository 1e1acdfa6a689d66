-- A goal whose direction contradicts its target would count as falling behind while it improves.
{{ config(meta={"dagster": {"ref": {"name": "dim_key_result"}}}) }}

select key_result_id, direction, baseline_value, target_value
from {{ ref("dim_key_result") }}
where
    key_result_key > 0
    and goal_type = 'reach'
    and target_value - baseline_value is not null
    and direction is distinct from if(target_value - baseline_value > 0, 'up', 'down')
