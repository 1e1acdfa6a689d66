with
    lines as (select * from {{ ref("msr_budget_lines") }}),

    coverage as (select * from {{ ref("msr_budget_costs") }} where budget_line_key is not null),

    budgets as (select * from {{ ref("fct_budgets") }} where is_current_version),

    allocations as (select * from {{ ref("fct_cost_allocations") }}),

    compared_months as (select * from {{ ref("msr_compared_months") }}),

    dates as (select * from {{ ref("int_calendar") }}),

    months as (select distinct fiscal_year_start_date, month_start_date from dates),

    budgets_per_month as (
        select
            lines.budget_line_key,
            budgets.month_start_date,
            count(*) as budget_rows,
            sum(budgets.budget_reporting_amount) as budget
        from budgets
        inner join
            lines
            on budgets.fiscal_year_start_date = lines.fiscal_year_start_date
            and budgets.account_key = lines.account_key
            and budgets.current_initiative_key = lines.initiative_key
            and budgets.current_team_key = lines.team_key
            and budgets.current_product_key = lines.product_key
        group by lines.budget_line_key, budgets.month_start_date
    ),

    costs_per_month as (
        select
            dates.fiscal_year_start_date,
            dates.month_start_date,
            allocations.account_key,
            allocations.initiative_key,
            allocations.team_key,
            allocations.product_key,
            sum(allocations.allocated_reporting_amount) as cost
        from allocations
        inner join dates on allocations.posted_date = dates.date_day
        group by
            dates.fiscal_year_start_date,
            dates.month_start_date,
            allocations.account_key,
            allocations.initiative_key,
            allocations.team_key,
            allocations.product_key
    ),

    covered_costs as (
        select coverage.budget_line_key, costs.month_start_date, sum(costs.cost) as cost
        from costs_per_month as costs
        inner join
            coverage
            on costs.fiscal_year_start_date = coverage.fiscal_year_start_date
            and costs.account_key = coverage.account_key
            and costs.initiative_key = coverage.initiative_key
            and costs.team_key = coverage.team_key
            and costs.product_key = coverage.product_key
        group by coverage.budget_line_key, costs.month_start_date
    ),

    budget_months as (
        select
            lines.budget_line_key,
            lines.fiscal_year_start_date,
            months.month_start_date,
            compared_months.month_start_date is not null as is_compared_month,
            -- a month of which the line has no row has no budget; one whose rows have no rate has an unknown one
            case when budgets_per_month.budget_rows is null then 0 else budgets_per_month.budget end as budget,
            case
                when compared_months.month_start_date is not null and lines.cost_to_date is not null
                then coalesce(covered_costs.cost, 0)
            end as cost_to_date
        from lines
        inner join months on lines.fiscal_year_start_date = months.fiscal_year_start_date
        left join compared_months on months.month_start_date = compared_months.month_start_date
        left join
            budgets_per_month
            on lines.budget_line_key = budgets_per_month.budget_line_key
            and months.month_start_date = budgets_per_month.month_start_date
        left join
            covered_costs
            on lines.budget_line_key = covered_costs.budget_line_key
            and months.month_start_date = covered_costs.month_start_date
    )

select *
from budget_months
