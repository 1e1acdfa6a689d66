with
    corrections as (select * from {{ ref("int_ledger_corrections") }}),

    initiative_versions as (select * from {{ ref("dim_initiative") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    accounts as (select * from {{ ref("dim_account") }} where account_key > 0),

    corrections_with_keys as (
        select
            {{ surrogate_key(["corrections.ledger_entry_id", "corrections.version_number", "corrections.direction"]) }}
            as ledger_correction_key,
            corrections.ledger_entry_id,
            corrections.correction_kind,
            corrections.direction,
            corrections.restated_at,
            corrections.restated_date,
            corrections.posted_date,
            corrections.service_date,
            corrections.month_start_date,
            {{ member_key("corrections.account_code", "accounts.account_key") }} as account_key,
            accounts.account_type,
            {{ version_keys("initiative", "corrections.initiative_id") }},
            {{ version_keys("team", "corrections.team_id") }},
            {{ version_keys("product", "corrections.product_id") }},
            corrections.restated_amount,
            corrections.currency,
            corrections.restated_reporting_amount,
            corrections.has_rate,
            corrections.source_file,
            corrections.source_record
        from corrections
        left join
            accounts on corrections.account_code = accounts.account_code
            {{
                join_versions(
                    "initiative", "initiative_versions", "corrections.initiative_id", "corrections.posted_date"
                )
            }}
            {{ join_versions("team", "team_versions", "corrections.team_id", "corrections.posted_date") }}
            {{ join_versions("product", "product_versions", "corrections.product_id", "corrections.posted_date") }}
    )

select *
from corrections_with_keys
