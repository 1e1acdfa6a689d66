with
    allocations as (select * from {{ ref("fct_cost_allocations") }}),

    dates as (select * from {{ ref("int_calendar") }}),

    compared_months as (select * from {{ ref("msr_compared_months") }}),

    lines as (select * from {{ ref("msr_budget_sums") }}),

    budget_teams as (select * from {{ ref("msr_budget_teams") }}),

    costs as (
        select
            dates.fiscal_year_start_date,
            allocations.account_key,
            allocations.initiative_key,
            allocations.team_key,
            allocations.product_key,
            sum(allocations.allocated_reporting_amount) as cost,
            count(allocations.allocated_reporting_amount) as cost_rows,
            count(*) - count(allocations.allocated_reporting_amount) as rows_unrated,
            sum(allocations.allocated_reporting_amount) filter (
                compared_months.month_start_date is not null
            ) as cost_to_date,
            count(compared_months.month_start_date) filter (
                allocations.allocated_reporting_amount is null
            ) as rows_unrated_to_date
        from allocations
        inner join dates on allocations.posted_date = dates.date_day
        left join compared_months on dates.month_start_date = compared_months.month_start_date
        group by
            dates.fiscal_year_start_date,
            allocations.account_key,
            allocations.initiative_key,
            allocations.team_key,
            allocations.product_key
    ),

    -- what a line names must be the cost's; what it doesn't name may be any
    covered_costs as (
        select costs.*, lines.budget_line_key
        from costs
        inner join budget_teams on costs.team_key = budget_teams.member_team_key
        inner join
            lines
            on costs.fiscal_year_start_date = lines.fiscal_year_start_date
            and budget_teams.team_key = lines.team_key
            and lines.account_key in (-2, costs.account_key)
            and lines.initiative_key in (-2, costs.initiative_key)
            and lines.product_key in (-2, costs.product_key)
    ),

    uncovered_costs as (
        select costs.*, cast(null as bigint) as budget_line_key
        from costs
        anti join
            covered_costs
            on costs.fiscal_year_start_date = covered_costs.fiscal_year_start_date
            and costs.account_key = covered_costs.account_key
            and costs.initiative_key = covered_costs.initiative_key
            and costs.team_key = covered_costs.team_key
            and costs.product_key = covered_costs.product_key
    ),

    budget_costs as (
        select *
        from covered_costs
        union all
        select *
        from uncovered_costs
    )

select *
from budget_costs
