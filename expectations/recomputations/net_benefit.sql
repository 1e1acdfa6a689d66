-- Benefit - cost since inception, of the initiatives whose actual hard benefit and cost are both known.
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    sum(benefit - cost)::double as value,
    count(benefit - cost) as n
from feed.returns
group by all
