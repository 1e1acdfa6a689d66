-- Of the months elapsed, the cost that the budget's lines cover less their budget.
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    (sum(elapsed_cost - elapsed_budget) filter (elapsed_budget is not null and elapsed_cost is not null))::double
    as value,
    count(*) filter (elapsed_budget is not null and elapsed_cost is not null) as n
from feed.budget_lines
where counts and fiscal_year <= (select as_of_date from feed.settings)
group by fiscal_year
