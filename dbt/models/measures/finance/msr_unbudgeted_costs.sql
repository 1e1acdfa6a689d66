with
    costs as (select * from {{ ref("msr_budget_costs") }} where budget_line_key is null),

    -- in a year without any budget line whose cost is known nothing is known of what was to be spent
    budgeted_years as (
        select distinct fiscal_year_start_date from {{ ref("msr_budget_lines") }} where cost_to_date is not null
    ),

    cost_kind as (select count(*) > 0 as is_cost_given from {{ ref("int_given_kinds") }} where kind = 'cost'),

    unbudgeted_costs as (
        select
            budgeted_years.fiscal_year_start_date,
            case
                when any_value(cost_kind.is_cost_given) and coalesce(sum(costs.rows_unrated), 0) = 0
                then coalesce(sum(costs.cost), 0)
                else sum(costs.cost)
            end as unbudgeted_cost,
            coalesce(sum(costs.cost_rows), 0) as cost_rows,
            coalesce(sum(costs.rows_unrated), 0) as rows_unrated
        from budgeted_years
        cross join cost_kind
        left join costs on budgeted_years.fiscal_year_start_date = costs.fiscal_year_start_date
        group by budgeted_years.fiscal_year_start_date
    )

select *
from unbudgeted_costs
