-- Budget, cost and forecast by month are the year's, told month by month: another sum would be a second definition.
with
    sums_per_line as (
        select
            budget_line_key,
            sum(budget_reporting_amount) as budget,
            sum(cost_to_date_reporting_amount) as cost_to_date,
            sum(forecast_reporting_amount) as forecast
        from {{ ref("budget_months") }}
        group by budget_line_key
    )

select lines.budget_line_key, sums_per_line.*
from {{ ref("budget_lines") }} as lines
left join sums_per_line on lines.budget_line_key = sums_per_line.budget_line_key
where
    sums_per_line.budget_line_key is null
    or lines.budget_reporting_amount <> sums_per_line.budget
    or lines.cost_to_date_reporting_amount <> sums_per_line.cost_to_date
    or lines.forecast_reporting_amount <> sums_per_line.forecast
