-- the first line of an objective gives it; the others are merged into it
with
    lines as (
        select
            *,
            row_number() over (partition by "Objective" order by _record) as nth,
            min("Start") over (partition by "Objective") as first_day,
            max("Due") over (partition by "Objective") as last_day
        from raw.okrs
    )
select
    "Objective" as objective_id,
    "Objective" as name,
    first_day as period_start,
    last_day as period_end,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from lines
