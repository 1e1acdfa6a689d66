-- The budget of each fiscal year's latest version known by now.
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    sum(reporting_amount)::double as value,
    count(reporting_amount) as n
from feed.budget_lines
group by fiscal_year
