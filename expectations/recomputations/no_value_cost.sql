-- Cost posted by now and allocated to deliverables that were measured without effect or were cancelled. The
-- allocation comes from
-- the build's facts, whose totals are checked against the ledger.
with
    borne as (
        select
            ledger.posted_date as day,
            parts.initiative_key,
            parts.team_key,
            parts.product_key,
            case when verdict in ('none', 'negative', 'cancelled') then judged.deliverable_id end as item,
            sum(allocated_reporting_amount) filter (verdict in ('none', 'negative', 'cancelled')) as cost
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        left join core.dim_deliverable as named on named.deliverable_key = parts.deliverable_key
        left join feed.deliverable_values as judged on judged.deliverable_id = named.deliverable_id
        group by all
    ),

    by_member as (
        select
            day,
            cost,
            item,
            unnest(['total', 'team', 'product', 'initiative']) as dimension_name,
            unnest(['total', teams.team_id, products.product_id, initiatives.initiative_id]) as member_id
        from borne
        inner join core.dim_initiative as initiatives using (initiative_key)
        inner join core.dim_team as teams using (team_key)
        inner join core.dim_product as products using (product_key)
    )
select
    grain, period_start, dimension_name, member_id, coalesce(sum(cost), 0)::double as value, count(distinct item) as n
from by_member
inner join feed.days as days using (day)
group by all
