-- (Benefit - cost) / cost since inception, of the initiatives with a known actual hard benefit and a cost above 0.
with
    by_member as (
        select
            *,
            benefit is not null and cost > 0 as counts,
            unnest(['total', 'initiative']) as dimension_name,
            unnest(['total', initiative]) as member_id
        from feed.returns
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    (sum(benefit - cost) filter (counts) / sum(cost) filter (counts))::double as value,
    count(*) filter (counts) as n
from by_member
group by all
