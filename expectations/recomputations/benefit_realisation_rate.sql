-- Actual hard benefit / benefit planned, both up to now, of the initiatives with an actual one and a plan above 0.
with plans as (select *, realised is not null and planned > 0 as counts from feed.plans where planned_rows > 0)
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    (sum(realised) filter (counts) / sum(planned) filter (counts))::double as value,
    count(*) filter (counts) as n
from plans
group by all
