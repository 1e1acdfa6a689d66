-- one row per deliverable, month and team with hours on it or beneath it
select deliverable_id, month_start_date, team_id, cast(sum(seconds) as bigint) as seconds
from {{ ref("int_hours") }}
where deliverable_id is not null
group by deliverable_id, month_start_date, team_id
