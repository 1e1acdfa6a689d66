-- Of the months elapsed, the cost that the budget's lines cover less their budget, if known of at least half of them.
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    case when 2 * count(elapsed_cost - elapsed_budget) >= count(*) then sum(elapsed_cost - elapsed_budget) end::double
    as value,
    count(elapsed_cost - elapsed_budget) as n
from feed.budget_lines
where counts and fiscal_year <= (select as_of_date from stage.landing.settings)
group by fiscal_year
