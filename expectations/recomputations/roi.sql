-- (Benefit - cost) / cost since inception, of the initiatives with a known actual hard benefit and a cost above 0.
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    (sum(benefit - cost) filter (has_return) / sum(cost) filter (has_return))::double as value,
    count(*) filter (has_return) as n
from feed.returns
group by all
