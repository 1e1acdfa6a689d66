-- one row per fiscal year, month and members of cost, where it was allocated: from the build's facts, whose totals are
-- checked against the ledger
select
    days.period_start as fiscal_year,
    date_trunc('month', ledger.posted_date)::date as month,
    accounts.account_code as account,
    teams.team_id as team,
    products.product_id as product,
    initiatives.initiative_id as initiative,
    sum(allocated_reporting_amount) as cost,
    count(allocated_reporting_amount) as parts,
    count(*) - count(allocated_reporting_amount) as unrated
from core.fct_cost_allocations as costs
inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
inner join core.dim_account as accounts on accounts.account_key = costs.account_key
inner join core.dim_team as teams on teams.team_key = costs.team_key
inner join core.dim_product as products on products.product_key = costs.product_key
inner join core.dim_initiative as initiatives on initiatives.initiative_key = costs.initiative_key
inner join feed.days as days on days.day = ledger.posted_date and days.grain = 'fiscal_year'
group by all
