-- Actual cost less the budget of each fiscal year's latest version known by now.
with
    budgeted as (
        select fiscal_year, sum(reporting_amount) as budget, count(reporting_amount) as n
        from feed.budget_lines
        group by fiscal_year
    ),

    spent as (
        select period_start as fiscal_year, sum(reporting_amount) as cost, count(*) as entries
        from feed.cost_entries
        inner join feed.days as days using (day)
        where grain = 'fiscal_year'
        group by all
    )
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    (case when entries is null then 0 else cost end - budget)::double as value,
    n
from budgeted
left join spent using (fiscal_year)
