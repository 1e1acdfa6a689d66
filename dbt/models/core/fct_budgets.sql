with
    budgets as (select * from {{ ref("int_budget_months") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    accounts as (select * from {{ ref("dim_account") }} where account_key > 0),

    rates as (select * from {{ ref("int_daily_rates") }}),

    dated as (
        select
            budgets.*,
            -- at month end; the latest rate known where that lies ahead
            least(cast({{ dbt.last_day("budgets.month", "month") }} as date), settings.as_of_date) as rate_day
        from budgets
        cross join settings
    ),

    keyed as (
        select
            {{ surrogate_key(["dated.budget_id"]) }} as budget_key,
            dated.budget_id,
            dated.month as month_start_date,
            dated.fiscal_year_start_date,
            {{ member_key("dated.account_code", "accounts.account_key") }} as account_key,
            {{ version_keys("initiative", "dated.initiative_id") }},
            {{ version_keys("team", "dated.team_id") }},
            {{ version_keys("product", "dated.product_id") }},
            dated.budget_version,
            dated.version_date,
            dated.is_current_version,
            dated.amount as budget_amount,
            dated.currency,
            rates.rate as exchange_rate,
            cast(round(dated.amount * rates.rate, 4) as decimal(28, 4)) as budget_reporting_amount,
            rates.rate is not null as has_rate,
            dated.source_file,
            dated.source_record
        from dated
        left join accounts on dated.account_code = accounts.account_code
        left join
            rates on dated.currency = rates.currency and dated.rate_day = rates.date_day
            {{ join_versions("initiative", "initiative_versions", "dated.initiative_id", "dated.month") }}
            {{ join_versions("team", "team_versions", "dated.team_id", "dated.month") }}
            {{ join_versions("product", "product_versions", "dated.product_id", "dated.month") }}
    )

select *
from keyed
