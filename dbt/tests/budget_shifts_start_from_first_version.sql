-- A shift is a share of what the fiscal year's first version gave to initiatives: counted twice, shifts would seem
-- twice as large.
{{ config(meta={"dagster": {"ref": {"name": "msr_budget_shifts"}}}) }}

with
    budgets as (
        select budgets.*
        from {{ ref("fct_budgets") }} as budgets
        inner join {{ ref("stg_settings") }} as settings on budgets.version_date <= settings.as_of_date
        where budgets.current_initiative_key > 0
    ),

    first_versions as (
        select fiscal_year_start_date, min_by(budget_version, row(version_date, budget_version)) as budget_version
        from budgets
        group by fiscal_year_start_date
    ),

    first_amounts as (
        select fiscal_year_start_date, sum(budgets.budget_reporting_amount) as first_amount
        from budgets
        inner join first_versions using (fiscal_year_start_date, budget_version)
        group by fiscal_year_start_date
    )

select shifts.fiscal_year_start_date, shifts.first_amount, first_amounts.first_amount as expected_amount
from {{ ref("msr_budget_shifts") }} as shifts
left join first_amounts on shifts.fiscal_year_start_date = first_amounts.fiscal_year_start_date
where
    shifts.first_amount is distinct from first_amounts.first_amount
    or shifts.shifted_amount > shifts.first_amount
    or shifts.shifted_amount < 0
