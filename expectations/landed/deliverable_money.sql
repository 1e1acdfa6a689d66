-- one row per deliverable: cost (NULL without a ledger of cost) and whether it is complete, actual hard benefit by now
-- and whether it is complete. Allocated cost and credited benefits come from the build's facts, whose totals are
-- checked against ledger and benefits
with
    costs as (
        select deliverable_id, sum(allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        inner join core.dim_deliverable as named on named.deliverable_key = parts.deliverable_key
        group by all
    ),
    credits as (
        select
            deliverable_id,
            sum(credited_reporting_amount) as benefit,
            bool_and(credited_reporting_amount is not null) as is_rated
        from core.fct_benefit_credits as credits
        inner join core.dim_deliverable as named on named.deliverable_key = credits.deliverable_key
        where is_past and scenario = 'actual' and benefit_type = 'hard'
        group by all
    ),
    -- an entry without a rate stays with its initiative, so the cost of its deliverables is incomplete
    unrated as (
        select distinct initiative_id
        from core.fct_cost_allocations as parts
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        where allocated_reporting_amount is null and parts.initiative_key > 0
    )
select
    items.work_item_id as deliverable_id,
    is_ledger_known and unrated.initiative_id is null as is_costed,
    case when is_ledger_known then coalesce(cost, 0) end as cost,
    benefit,
    coalesce(is_rated, false) as is_rated
from feed.work_items as items
cross join feed.known_costs
left join costs on costs.deliverable_id = items.work_item_id
left join credits on credits.deliverable_id = items.work_item_id
left join unrated on unrated.initiative_id = items.initiative
where items.is_deliverable
