-- Cost posted by now and allocated to deliverables that were measured without effect or were cancelled.
select
    grain,
    period_start,
    dimension_name,
    member_id,
    coalesce(sum(cost) filter (verdict in ('none', 'negative', 'cancelled')), 0)::double as value,
    count(distinct deliverable_id) filter (verdict in ('none', 'negative', 'cancelled')) as n
from feed.judged_costs
inner join feed.days as days using (day)
group by all
