with
    -- what no initiative is named for can't be shifted between initiatives
    budgets as (select * from {{ ref("fct_budgets") }} where current_initiative_key > 0),

    settings as (select * from {{ ref("stg_settings") }}),

    known_budgets as (
        select budgets.* from budgets cross join settings where budgets.version_date <= settings.as_of_date
    ),

    versions as (
        select
            fiscal_year_start_date,
            budget_version,
            row_number() over (
                partition by fiscal_year_start_date order by min(version_date), budget_version
            ) as version_number
        from known_budgets
        group by fiscal_year_start_date, budget_version
    ),

    initiative_budgets as (
        select
            known_budgets.fiscal_year_start_date,
            known_budgets.current_initiative_key,
            sum(
                case when versions.version_number = 1 then known_budgets.budget_reporting_amount else 0 end
            ) as first_amount,
            sum(
                case when known_budgets.is_current_version then known_budgets.budget_reporting_amount else 0 end
            ) as latest_amount,
            max(versions.version_number) as versions,
            min(case when known_budgets.has_rate then 1 else 0 end) as is_rated
        from known_budgets
        inner join
            versions
            on known_budgets.fiscal_year_start_date = versions.fiscal_year_start_date
            and known_budgets.budget_version = versions.budget_version
        group by known_budgets.fiscal_year_start_date, known_budgets.current_initiative_key
    ),

    -- what some gave and others got: more money for all, or less, is no shift
    budget_shifts as (
        select
            fiscal_year_start_date,
            least(
                sum(greatest(latest_amount - first_amount, 0)), sum(greatest(first_amount - latest_amount, 0))
            ) as shifted_amount,
            sum(first_amount) as first_amount,
            count(*) as initiatives
        from initiative_budgets
        group by fiscal_year_start_date
        having max(versions) > 1 and min(is_rated) = 1 and sum(first_amount) > 0
    )

select *
from budget_shifts
