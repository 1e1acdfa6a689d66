-- The cost of the months elapsed that the budget's lines cover, and their budget of the others, if known of at
-- least half of them.
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    case
        when 2 * count(elapsed_cost - elapsed_budget) >= count(*) then sum(elapsed_cost + budget - elapsed_budget)
    end::double as value,
    count(elapsed_cost - elapsed_budget) as n
from feed.budget_lines
where counts and fiscal_year <= (select as_of_date from stage.landing.settings)
group by fiscal_year
