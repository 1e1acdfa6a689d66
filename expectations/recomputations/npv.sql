-- Benefit - cost, discounted, of the initiatives whose actual hard benefit and cost are both known.
with
    by_member as (
        select
            *,
            benefit is not null and cost is not null as counts,
            unnest(['total', 'initiative']) as dimension_name,
            unnest(['total', initiative]) as member_id
        from feed.returns
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    (sum(present_benefit - present_cost) filter (counts))::double as value,
    count(*) filter (counts) as n
from by_member
group by all
