with
    entries as (select * from {{ ref("int_ledger_entries") }}),

    cost_entries as (select * from {{ ref("int_cost_entries") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    customer_versions as (select * from {{ ref("dim_customer") }}),

    accounts as (select * from {{ ref("dim_account") }} where account_key > 0),

    entries_with_keys as (
        select
            {{ surrogate_key(["entries.ledger_entry_id"]) }} as ledger_entry_key,
            entries.ledger_entry_id,
            entries.posted_date,
            entries.service_date,
            {{ member_key("entries.account_code", "accounts.account_key") }} as account_key,
            {{ version_keys("initiative", "entries.initiative_id") }},
            {{ version_keys("team", "entries.team_id") }},
            {{ version_keys("product", "entries.product_id") }},
            {{ version_keys("customer", "entries.customer_id") }},
            {{ nearest_deliverable_key("entries") }} as deliverable_key,
            entries.amount,
            entries.currency,
            entries.exchange_rate,
            entries.rate_date,
            entries.reporting_amount,
            entries.has_rate,
            entries.is_posted,
            entries.is_synthetic,
            entries.is_cost,
            coalesce(cost_entries.deciding_month_date, entries.own_cost_month_date) as cost_month_date,
            entries.reverses_ledger_entry_id,
            entries.description,
            entries.is_corrected,
            entries.corrected_at,
            entries.previous_posted_date,
            entries.previous_amount,
            entries.previous_currency,
            entries.source_file,
            entries.source_record
        from entries
        left join cost_entries on entries.ledger_entry_id = cost_entries.ledger_entry_id
        left join
            accounts on entries.account_code = accounts.account_code
            {{ join_versions("initiative", "initiative_versions", "entries.initiative_id", "entries.posted_date") }}
            {{ join_versions("team", "team_versions", "entries.team_id", "entries.posted_date") }}
            {{ join_versions("product", "product_versions", "entries.product_id", "entries.posted_date") }}
            {{ join_versions("customer", "customer_versions", "entries.customer_id", "entries.posted_date") }}
    )

select *
from entries_with_keys
