-- The budget of each fiscal year's lines in the latest version known by now, but those that overlap with a broader one.
select
    'fiscal_year' as grain,
    fiscal_year as period_start,
    'total' as dimension_name,
    'total' as member_id,
    (sum(budget))::double as value,
    sum(rated)::bigint as n
from feed.budget_lines
where counts and fiscal_year <= (select as_of_date from stage.landing.settings)
group by fiscal_year
