select deliverable_id, month_start_date, team_id, cast(sum(seconds) as bigint) as seconds
from {{ ref("int_hours") }}
where is_past and deliverable_id is not null
group by deliverable_id, month_start_date, team_id
