-- Of the cost of the period's months, but run: the share of deliverables that are linked to an outcome key result.
-- The allocation comes from the build's facts, whose totals are checked against the ledger.
with
    borne as (
        select
            parts.cost_month_date as day,
            initiative_key,
            team_key,
            product_key,
            judged.deliverable_id,
            coalesce(is_aligned, false) as is_aligned,
            sum(allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        left join core.dim_deliverable as named on named.deliverable_key = parts.deliverable_key
        left join feed.deliverable_values as judged on judged.deliverable_id = named.deliverable_id
        where not coalesce(is_run, false)
        group by all
    ),

    by_member as (
        select
            day,
            cost,
            is_aligned,
            deliverable_id,
            unnest(['total', 'team', 'product', 'initiative']) as dimension_name,
            unnest(['total', teams.team_id, products.product_id, initiatives.initiative_id]) as member_id
        from borne
        inner join core.dim_initiative as initiatives using (initiative_key)
        inner join core.dim_team as teams using (team_key)
        inner join core.dim_product as products using (product_key)
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    case when sum(cost) > 0 then coalesce(sum(cost) filter (is_aligned), 0)::double / sum(cost)::double end as value,
    count(distinct deliverable_id) as n
from by_member
inner join feed.days as days using (day)
group by all
