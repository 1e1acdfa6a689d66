-- one row per budget row, with its fiscal year and whether its version is the year's latest known by now
with
    budgets as (select * from {{ ref("stg_budgets") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select * from {{ ref("int_calendar") }}),

    budgets_with_fiscal_year as (
        select budgets.*, dates.fiscal_year_start_date from budgets inner join dates on budgets.month = dates.date_day
    ),

    known_versions as (
        -- a version may become known part by part: what counts is its latest part known by now
        select
            budgets_with_fiscal_year.fiscal_year_start_date,
            budgets_with_fiscal_year.budget_version,
            max(budgets_with_fiscal_year.version_date) as version_date
        from budgets_with_fiscal_year
        inner join settings on budgets_with_fiscal_year.version_date <= settings.as_of_date
        group by budgets_with_fiscal_year.fiscal_year_start_date, budgets_with_fiscal_year.budget_version
    ),

    ranked_versions as (
        select
            *,
            row_number() over (
                partition by fiscal_year_start_date order by version_date desc, budget_version desc
            ) as recency
        from known_versions
    ),

    budgets_with_version_flag as (
        select
            budgets_with_fiscal_year.*,
            coalesce(
                ranked_versions.recency = 1 and budgets_with_fiscal_year.version_date <= settings.as_of_date, false
            ) as is_current_version
        from budgets_with_fiscal_year
        cross join settings
        left join
            ranked_versions
            on budgets_with_fiscal_year.fiscal_year_start_date = ranked_versions.fiscal_year_start_date
            and budgets_with_fiscal_year.budget_version = ranked_versions.budget_version
    )

select *
from budgets_with_version_flag
