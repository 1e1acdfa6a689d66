with lines as (select *, row_number() over (partition by "Id" order by "Updated" desc, _record) as nth from raw.okrs)
select
    "Id" as key_result_id,
    "Objective" as objective_id,
    "Key result" as name,
    "Kind" as kind,
    'reach' as goal_type,
    "Unit" as unit,
    "Baseline" as baseline_value,
    "Target" as target_value,
    "Start" as start_date,
    "Due" as due_date,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from lines
