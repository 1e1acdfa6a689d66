-- Actual hard benefits of the initiatives that have no cost above 0: none known, or as much refunded.
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    sum(if(has_return, 0, benefit))::double as value,
    count(benefit) filter (not has_return) as n
from feed.returns
group by all
