with
    budgets as (select * from {{ ref("int_budget_months") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    accounts as (select * from {{ ref("dim_account") }} where account_key > 0),

    budgets_with_keys as (
        select
            {{ surrogate_key(["budgets.budget_id"]) }} as budget_key,
            budgets.budget_id,
            budgets.month as month_start_date,
            budgets.fiscal_year_start_date,
            {{ member_key("budgets.account_code", "accounts.account_key") }} as account_key,
            {{ version_keys("initiative", "budgets.initiative_id") }},
            {{ version_keys("team", "budgets.team_id") }},
            {{ version_keys("product", "budgets.product_id") }},
            budgets.budget_version,
            budgets.version_date,
            budgets.is_current_version,
            budgets.amount as budget_amount,
            budgets.currency,
            budgets.exchange_rate,
            budgets.reporting_amount as budget_reporting_amount,
            budgets.has_rate,
            budgets.source_file,
            budgets.source_record
        from budgets
        left join
            accounts on budgets.account_code = accounts.account_code
            {{ join_versions("initiative", "initiative_versions", "budgets.initiative_id", "budgets.month") }}
            {{ join_versions("team", "team_versions", "budgets.team_id", "budgets.month") }}
            {{ join_versions("product", "product_versions", "budgets.product_id", "budgets.month") }}
    )

select *
from budgets_with_keys
