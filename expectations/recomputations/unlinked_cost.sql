-- Cost posted by now and allocated to delivered work that is linked to no outcome.
select
    grain,
    period_start,
    dimension_name,
    member_id,
    coalesce(sum(cost) filter (verdict = 'unlinked'), 0)::double as value,
    count(distinct deliverable_id) filter (verdict = 'unlinked') as n
from feed.judged_costs
inner join feed.days as days using (day)
group by all
