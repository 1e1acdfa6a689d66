with
    months as (select * from {{ ref("msr_budget_months") }}),

    lines as (select * from {{ ref("msr_budget_lines") }}),

    budget_months as (
        select
            {{ surrogate_key(["months.budget_line_key", "months.month_start_date"]) }} as budget_month_key,
            months.budget_line_key,
            months.fiscal_year_start_date,
            months.month_start_date,
            cast(months.budget as decimal(28, 4)) as budget_reporting_amount,
            cast(months.cost_to_date as decimal(28, 4)) as cost_to_date_reporting_amount,
            cast(
                case when months.is_compared_month then months.cost_to_date else months.budget end as decimal(28, 4)
            ) as forecast_reporting_amount,
            lines.is_counted,
            lines.is_compared
        from months
        inner join lines on months.budget_line_key = lines.budget_line_key
    )

select *
from budget_months
