-- A cost that two lines count, or none, would make overspending out of nothing: with what no line covers, and what only
-- lines cover that aren't counted, the cost of the counted lines is the fiscal year's cost.
{{ config(meta={"dagster": {"ref": {"name": "msr_budget_lines"}}}) }}

with
    lines as (select * from {{ ref("msr_budget_lines") }}),

    costs as (
        select
            costs.*,
            coalesce(lines.is_counted, false) as is_counted,
            row_number() over (
                partition by
                    costs.fiscal_year_start_date,
                    costs.account_key,
                    costs.initiative_key,
                    costs.team_key,
                    costs.product_key
                order by lines.is_counted desc nulls last
            ) as place
        from {{ ref("msr_budget_costs") }} as costs
        left join lines on costs.budget_line_key = lines.budget_line_key
    ),

    years as (
        select
            fiscal_year_start_date,
            sum(cost) filter (is_counted) as counted,
            sum(cost) filter (not is_counted and place = 1) as not_counted
        from costs
        group by fiscal_year_start_date
    ),

    ledger as (
        select dates.fiscal_year_start_date, sum(allocations.allocated_reporting_amount) as cost
        from {{ ref("fct_cost_allocations") }} as allocations
        inner join {{ ref("int_calendar") }} as dates on allocations.posted_date = dates.date_day
        group by dates.fiscal_year_start_date
    )

select *
from years
full outer join ledger using (fiscal_year_start_date)
where coalesce(years.counted, 0) + coalesce(years.not_counted, 0) <> coalesce(ledger.cost, 0)
