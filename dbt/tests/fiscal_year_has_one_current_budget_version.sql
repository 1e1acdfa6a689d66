-- Two budget versions that both count would double the fiscal year's budget.
with
    current_versions_per_year as (
        select fiscal_year_start_date, count(distinct budget_version) as versions
        from {{ ref("fct_budgets") }}
        where is_current_version
        group by fiscal_year_start_date
    )

select *
from current_versions_per_year
where versions > 1
