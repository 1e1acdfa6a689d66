-- Entries of cost posted by now, in the reporting currency; by member, cost is where it was allocated, which
-- comes from the build's facts, whose totals are checked.
with
    allocated as (
        select
            ledger_entry_key,
            ledger.posted_date as day,
            allocated_reporting_amount as reporting_amount,
            unnest(['product', 'team', 'initiative']) as dimension_name,
            unnest([products.product_id, teams.team_id, initiatives.initiative_id]) as member_id
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        inner join core.dim_team as teams on teams.team_key = parts.team_key
        inner join core.dim_product as products on products.product_key = parts.product_key
    ),

    -- an entry is posted on one day, so that the entries of days add up
    by_day as (
        select
            day,
            'total' as dimension_name,
            'total' as member_id,
            sum(reporting_amount) as reporting_amount,
            count(distinct ledger_entry_id) filter (reporting_amount is not null) as entries
        from feed.cost_entries
        group by day
        union all
        select
            day,
            dimension_name,
            member_id,
            sum(reporting_amount),
            count(distinct ledger_entry_key) filter (reporting_amount is not null)
        from allocated
        group by day, dimension_name, member_id
    )
select grain, period_start, dimension_name, member_id, sum(reporting_amount)::double as value, sum(entries)::bigint as n
from by_day
inner join feed.days as days using (day)
group by all
