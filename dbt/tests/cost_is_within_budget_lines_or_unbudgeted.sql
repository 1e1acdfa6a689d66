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

    expected_costs as (
        select
            dates.fiscal_year_start_date,
            allocations.account_key,
            allocations.initiative_key,
            allocations.team_key,
            allocations.product_key,
            count(*) filter (allocations.allocated_reporting_amount is null) as rows_unrated,
            count(*) filter (
                allocations.allocated_reporting_amount is null and months.month_start_date is not null
            ) as rows_unrated_to_date,
            sum(if(months.month_start_date is null, null, allocations.allocated_reporting_amount)) as cost_to_date
        from {{ ref("fct_cost_allocations") }} as allocations
        inner join {{ ref("int_calendar") }} as dates on allocations.posted_date = dates.date_day
        left join {{ ref("msr_compared_months") }} as months on dates.month_start_date = months.month_start_date
        group by all
    ),

    wrong_costs as (
        select distinct costs.fiscal_year_start_date
        from costs
        inner join
            expected_costs
            on costs.fiscal_year_start_date = expected_costs.fiscal_year_start_date
            and costs.account_key = expected_costs.account_key
            and costs.initiative_key = expected_costs.initiative_key
            and costs.team_key = expected_costs.team_key
            and costs.product_key = expected_costs.product_key
        where
            costs.rows_unrated <> expected_costs.rows_unrated
            or costs.rows_unrated_to_date <> expected_costs.rows_unrated_to_date
            or costs.cost_to_date is distinct from expected_costs.cost_to_date
    ),

    ledger as (
        select dates.fiscal_year_start_date, sum(allocations.allocated_reporting_amount) as cost
        from {{ ref("fct_cost_allocations") }} as allocations
        inner join {{ ref("int_calendar") }} as dates on allocations.posted_date = dates.date_day
        group by dates.fiscal_year_start_date
    )

select fiscal_year_start_date
from wrong_costs
union all
select fiscal_year_start_date
from years
full outer join ledger using (fiscal_year_start_date)
where coalesce(years.counted, 0) + coalesce(years.not_counted, 0) <> coalesce(ledger.cost, 0)
