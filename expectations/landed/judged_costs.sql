-- one row per posting day, deliverable and member: allocated cost, and the verdict on the deliverable; NULL where cost
-- is allocated to none
with
    allocations as (
        select
            costs.day,
            costs.initiative,
            costs.team,
            costs.product,
            costs.deliverable_id,
            judged.verdict,
            sum(costs.reporting_amount) as cost
        from feed.allocated_costs as costs
        left join feed.deliverable_values as judged on judged.deliverable_id = costs.deliverable_id
        group by all
    )
select
    day,
    deliverable_id,
    verdict,
    cost,
    unnest(['total', 'team', 'product', 'initiative']) as dimension_name,
    unnest(['total', team, product, initiative]) as member_id
from allocations
