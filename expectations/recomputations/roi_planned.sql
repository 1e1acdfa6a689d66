-- (Planned benefit - planned cost) / planned cost, of the initiatives with a known planned benefit and a cost above 0.
with plans as (select *, benefit is not null and cost > 0 as counts from feed.plans)
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    (sum(benefit - cost) filter (counts) / sum(cost) filter (counts))::double as value,
    count(*) filter (counts) as n
from plans
group by all
