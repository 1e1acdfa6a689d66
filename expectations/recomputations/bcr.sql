-- Discounted benefit over discounted cost, of the initiatives with a known benefit and a cost above 0, also discounted.
with returns as (select *, has_return and coalesce(present_cost > 0, true) as counts from feed.returns)
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    (sum(present_benefit) filter (counts) / sum(present_cost) filter (counts))::double as value,
    count(*) filter (counts) as n
from returns
group by all
