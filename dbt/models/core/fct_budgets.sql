with
    budgets as (select * from {{ ref("int_budget_months") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    accounts as (select * from {{ ref("dim_account") }} where account_key > 0),

    rates as (select * from {{ ref("int_daily_rates") }}),

    budgets_with_rate_day as (
        select
            budgets.*,
            -- at month end; the latest rate known where that lies ahead
            least(cast({{ dbt.last_day("budgets.month", "month") }} as date), settings.as_of_date) as rate_day
        from budgets
        cross join settings
    ),

    budgets_with_keys as (
        select
            {{ surrogate_key(["budgets_with_rate_day.budget_id"]) }} as budget_key,
            budgets_with_rate_day.budget_id,
            budgets_with_rate_day.month as month_start_date,
            budgets_with_rate_day.fiscal_year_start_date,
            {{ member_key("budgets_with_rate_day.account_code", "accounts.account_key") }} as account_key,
            {{ version_keys("initiative", "budgets_with_rate_day.initiative_id") }},
            {{ version_keys("team", "budgets_with_rate_day.team_id") }},
            {{ version_keys("product", "budgets_with_rate_day.product_id") }},
            budgets_with_rate_day.budget_version,
            budgets_with_rate_day.version_date,
            budgets_with_rate_day.is_current_version,
            budgets_with_rate_day.amount as budget_amount,
            budgets_with_rate_day.currency,
            rates.rate as exchange_rate,
            cast(round(budgets_with_rate_day.amount * rates.rate, 4) as decimal(28, 4)) as budget_reporting_amount,
            rates.rate is not null as has_rate,
            budgets_with_rate_day.source_file,
            budgets_with_rate_day.source_record
        from budgets_with_rate_day
        left join accounts on budgets_with_rate_day.account_code = accounts.account_code
        left join
            rates on budgets_with_rate_day.currency = rates.currency and budgets_with_rate_day.rate_day = rates.date_day
            {{
                join_versions(
                    "initiative",
                    "initiative_versions",
                    "budgets_with_rate_day.initiative_id",
                    "budgets_with_rate_day.month",
                )
            }}
            {{ join_versions("team", "team_versions", "budgets_with_rate_day.team_id", "budgets_with_rate_day.month") }}
            {{
                join_versions(
                    "product", "product_versions", "budgets_with_rate_day.product_id", "budgets_with_rate_day.month"
                )
            }}
    )

select *
from budgets_with_keys
