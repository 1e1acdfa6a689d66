-- Actual hard benefits of the initiatives that have no cost above 0: none known, or as much refunded.
with
    by_member as (
        select
            *,
            benefit is not null and cost > 0 is not true as counts,
            unnest(['total', 'initiative']) as dimension_name,
            unnest(['total', initiative]) as member_id
        from feed.returns
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    sum(if(counts, benefit, if(benefit is null, null, 0)))::double as value,
    count(*) filter (counts) as n
from by_member
group by all
