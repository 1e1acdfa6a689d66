-- Entries of cost posted by now, in the reporting currency; below the total a cost lies where it was allocated: that
-- needs the
-- build's own facts, which conserve the total.
with
    allocated as (
        select
            ledger_entry_key::varchar as ledger_entry_id,
            ledger.posted_date as day,
            allocated_reporting_amount as reporting_amount,
            initiatives.initiative_id,
            teams.team_id,
            products.product_id
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        inner join core.dim_team as teams on teams.team_key = parts.team_key
        inner join core.dim_product as products on products.product_key = parts.product_key
    ),

    by_member as (
        select *, 'total' as dimension_name, 'total' as member_id
        from feed.cost_entries
        union all by name
        select
            ledger_entry_id,
            day,
            reporting_amount,
            unnest(['product', 'team', 'initiative']) as dimension_name,
            unnest([product_id, team_id, initiative_id]) as member_id
        from allocated
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    sum(reporting_amount)::double as value,
    count(distinct ledger_entry_id) filter (reporting_amount is not null) as n
from by_member
inner join feed.days as days using (day)
group by all
