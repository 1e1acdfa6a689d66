select
    "Objective" || ': ' || "Key result" as key_result_id,
    "Objective" as objective_id,
    "Key result" as name,
    lower("Kind") as kind,
    'reach' as goal_type,
    "Unit" as unit,
    "Baseline" as baseline_value,
    "Target" as target_value,
    "Start" as start_date,
    "Due" as due_date,
    _file,
    _record
from raw.okrs
