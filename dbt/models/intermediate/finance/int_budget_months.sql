-- one row per budget row, with its fiscal year and whether its version is the year's latest known by now
with
    budgets as (select * from {{ ref("stg_budgets") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select * from {{ ref("int_calendar") }}),

    dated as (
        select budgets.*, dates.fiscal_year_start_date from budgets inner join dates on budgets.month = dates.date_day
    ),

    versions as (
        -- a version may become known part by part: what counts is its latest part known by now
        select dated.fiscal_year_start_date, dated.budget_version, max(dated.version_date) as version_date
        from dated
        inner join settings on dated.version_date <= settings.as_of_date
        group by dated.fiscal_year_start_date, dated.budget_version
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by fiscal_year_start_date order by version_date desc, budget_version desc
            ) as recency
        from versions
    ),

    flagged as (
        select
            dated.*,
            coalesce(ranked.recency = 1 and dated.version_date <= settings.as_of_date, false) as is_current_version
        from dated
        cross join settings
        left join
            ranked
            on dated.fiscal_year_start_date = ranked.fiscal_year_start_date
            and dated.budget_version = ranked.budget_version
    )

select *
from flagged
