with
    budgets as (select * from {{ ref("stg_budgets") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select * from {{ ref("int_calendar") }}),

    rates as (select * from {{ ref("int_daily_rates") }}),

    dated_budgets as (
        select
            budgets.*,
            dates.fiscal_year_start_date,
            budgets.version_date <= settings.as_of_date as is_known,
            -- what a version replaces: the months of its own lines, or all of the fiscal year
            case
                when settings.budget_version_replaces = 'line'
                then
                    {{
                        surrogate_key(
                            ["budgets.account_code", "budgets.team_id", "budgets.product_id", "budgets.initiative_id"]
                        )
                    }}
            end as replaced_scope,
            case when settings.budget_version_replaces = 'line' then budgets.month end as replaced_month,
            {{ rate_day("cast(" ~ dbt.last_day("budgets.month", "month") ~ " as date)", "settings.as_of_date") }}
            as rate_day
        from budgets
        cross join settings
        inner join dates on budgets.month = dates.date_day
    ),

    known_versions as (
        -- a version may become known part by part: what counts is its latest part known by now
        select distinct
            fiscal_year_start_date,
            replaced_scope,
            replaced_month,
            budget_version,
            max(version_date) over (partition by fiscal_year_start_date, replaced_scope, budget_version) as version_date
        from dated_budgets
        where is_known
    ),

    ranked_versions as (
        select
            *,
            row_number() over (
                partition by fiscal_year_start_date, replaced_scope, replaced_month
                order by version_date desc, budget_version desc
            ) as recency
        from known_versions
    ),

    budget_months as (
        select
            dated_budgets.* exclude (is_known, replaced_scope, replaced_month, rate_day),
            coalesce(ranked_versions.recency = 1 and dated_budgets.is_known, false) as is_current_version,
            rates.rate as exchange_rate,
            {{ reporting_amount("dated_budgets.amount", "rates.rate") }} as reporting_amount,
            rates.rate is not null as has_rate
        from dated_budgets
        left join
            ranked_versions
            on dated_budgets.fiscal_year_start_date = ranked_versions.fiscal_year_start_date
            and dated_budgets.replaced_scope is not distinct from ranked_versions.replaced_scope
            and dated_budgets.replaced_month is not distinct from ranked_versions.replaced_month
            and dated_budgets.budget_version = ranked_versions.budget_version
        left join rates on dated_budgets.currency = rates.currency and dated_budgets.rate_day = rates.date_day
    )

select *
from budget_months
