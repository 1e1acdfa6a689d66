-- A line of the budget is its twelve months, and these are the facts of the months: another sum would be a second
-- definition.
{{ config(meta={"dagster": {"ref": {"name": "budget_lines"}}}) }}

with
    lines as (select * from {{ ref("budget_lines") }}),

    line_months as (select * from {{ ref("budget_months") }}),

    facts_per_month as (
        select
            fiscal_year_start_date,
            month_start_date,
            account_key,
            current_initiative_key as initiative_key,
            current_team_key as team_key,
            current_product_key as product_key,
            count(*) as budget_rows,
            count(*) filter (not has_rate) as rows_without_rate,
            sum(budget_reporting_amount) as budget
        from {{ ref("fct_budgets") }}
        where is_current_version
        group by all
    ),

    costs_without_rate_per_line as (
        select budget_line_key, sum(rows_unrated_to_date) as rows_without_rate, sum(cost_to_date) as cost_with_rate
        from {{ ref("msr_budget_costs") }}
        group by budget_line_key
    ),

    months as (
        select
            line_months.*,
            facts_per_month.budget_rows,
            facts_per_month.rows_without_rate,
            case when facts_per_month.budget_rows is null then 0 else facts_per_month.budget end as expected_budget,
            compared_months.month_start_date is not null as has_ended
        from line_months
        inner join lines on line_months.budget_line_key = lines.budget_line_key
        left join
            facts_per_month
            on line_months.month_start_date = facts_per_month.month_start_date
            and line_months.fiscal_year_start_date = facts_per_month.fiscal_year_start_date
            and lines.account_key = facts_per_month.account_key
            and lines.initiative_key = facts_per_month.initiative_key
            and lines.team_key = facts_per_month.team_key
            and lines.product_key = facts_per_month.product_key
        left join
            {{ ref("msr_compared_months") }} as compared_months
            on line_months.month_start_date = compared_months.month_start_date
    ),

    sums_per_line as (
        select
            months.budget_line_key,
            count(distinct months.month_start_date) as months,
            sum(months.budget_rows) as budget_rows,
            sum(months.rows_without_rate) as rows_without_rate,
            sum(months.budget_reporting_amount) as budget,
            sum(months.cost_to_date_reporting_amount) as cost_to_date,
            sum(months.forecast_reporting_amount) as forecast,
            -- of a year that has no ended month nothing can be compared yet, which isn't a budget of 0
            case
                when bool_or(months.has_ended)
                then coalesce(sum(months.budget_reporting_amount) filter (months.has_ended), 0)
            end as budget_to_date,
            count(*) filter (months.has_ended and months.rows_without_rate > 0) as unrated_months_to_date,
            count(*) filter (
                months.budget_reporting_amount is distinct from months.expected_budget
                or (not months.has_ended and months.cost_to_date_reporting_amount is not null)
                or months.forecast_reporting_amount is distinct from if(
                    months.has_ended, months.cost_to_date_reporting_amount, months.budget_reporting_amount
                )
            ) as wrong_months
        from months
        group by months.budget_line_key
    )

select lines.budget_line_key, sums_per_line.* exclude (budget_line_key)
from lines
left join sums_per_line on lines.budget_line_key = sums_per_line.budget_line_key
left join costs_without_rate_per_line as costs on lines.budget_line_key = costs.budget_line_key
where
    sums_per_line.months is distinct from 12
    or sums_per_line.wrong_months > 0
    or sums_per_line.budget_rows is distinct from lines.budget_rows
    or sums_per_line.rows_without_rate + coalesce(costs.rows_without_rate, 0) <> lines.rows_without_rate
    or lines.budget_reporting_amount <> sums_per_line.budget
    -- cost of which none can be converted isn't 0
    or (costs.rows_without_rate > 0 and (lines.cost_to_date_reporting_amount is null) <> (costs.cost_with_rate is null))
    or (
        sums_per_line.unrated_months_to_date = 0
        and lines.budget_to_date_reporting_amount is distinct from sums_per_line.budget_to_date
    )
    or lines.cost_to_date_reporting_amount <> sums_per_line.cost_to_date
    or lines.forecast_reporting_amount <> sums_per_line.forecast
