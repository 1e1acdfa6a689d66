-- one row per posting day, deliverable and member: allocated cost, and the verdict on the deliverable; NULL where
-- cost is
-- allocated to none. The allocation comes from the build's facts, whose totals are checked against the ledger
with
    allocations as (
        select
            ledger.posted_date as day,
            parts.initiative_key,
            parts.team_key,
            parts.product_key,
            judged.deliverable_id,
            judged.verdict,
            sum(allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        left join core.dim_deliverable as named on named.deliverable_key = parts.deliverable_key
        left join feed.deliverable_values as judged on judged.deliverable_id = named.deliverable_id
        group by all
    )
select
    day,
    deliverable_id,
    verdict,
    cost,
    unnest(['total', 'team', 'product', 'initiative']) as dimension_name,
    unnest(['total', teams.team_id, products.product_id, initiatives.initiative_id]) as member_id
from allocations
inner join core.dim_initiative as initiatives using (initiative_key)
inner join core.dim_team as teams using (team_key)
inner join core.dim_product as products using (product_key)
