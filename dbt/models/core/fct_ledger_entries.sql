with
    entries as (
        select *, false as is_synthetic
        from {{ ref("stg_ledger_entries") }}
        union all by name
        select *
        from {{ ref("int_labour_entries") }}
    ),

    settings as (select * from {{ ref("stg_settings") }}),

    accounts as (select * from {{ ref("dim_account") }} where account_key > 0),

    rates as (select * from {{ ref("int_daily_rates") }}),

    work_items as (select work_item_id, initiative_id from {{ ref("stg_work_items") }}),

    corrections as (select * from {{ ref("int_ledger_last_corrections") }}),

    nearest_deliverables as (select * from {{ ref("int_work_item_deliverables") }}),

    attributed as (
        select
            entries.* exclude (initiative_id),
            -- the entry's own initiative, else that of its work item
            coalesce(entries.initiative_id, work_items.initiative_id) as initiative_id,
            case
                when nearest_deliverables.deliverable_id is not null
                then {{ surrogate_key(["nearest_deliverables.deliverable_id"]) }}
                when work_items.work_item_id is not null
                then -2
            end as deliverable_key
        from entries
        left join work_items on entries.work_item_id = work_items.work_item_id
        left join nearest_deliverables on entries.work_item_id = nearest_deliverables.work_item_id
    ),

    keyed as (
        select
            {{ surrogate_key(["attributed.ledger_entry_id"]) }} as ledger_entry_key,
            attributed.ledger_entry_id,
            attributed.posted_date,
            attributed.service_date,
            {{ member_key("attributed.account_code", "accounts.account_key") }} as account_key,
            {{ version_keys("initiative", "attributed.initiative_id") }},
            {{ version_keys("team", "attributed.team_id") }},
            {{ version_keys("product", "attributed.product_id") }},
            {{ version_keys("customer", "attributed.customer_id") }},
            {{ member_key("attributed.work_item_id", "attributed.deliverable_key") }} as deliverable_key,
            attributed.amount,
            attributed.currency,
            rates.rate as exchange_rate,
            rates.rate_date,
            cast(round(attributed.amount * rates.rate, 4) as decimal(28, 4)) as reporting_amount,
            rates.rate is not null as has_rate,
            attributed.posted_date <= settings.as_of_date as is_posted,
            attributed.is_synthetic,
            coalesce(
                attributed.posted_date <= settings.as_of_date
                and case
                    when attributed.is_synthetic
                    then true
                    -- depreciation tells again what capital spending has told: one of the two is cost
                    when list_contains(settings.depreciation_accounts, attributed.account_code)
                    then settings.capital_cost = 'amortised'
                    when coalesce(accounts.account_type, 'other') <> 'cost'
                    then false
                    when settings.capital_cost = 'amortised' and accounts.is_capital
                    then false
                    else
                        not (
                            settings.labour_cost = 'rates'
                            and coalesce(list_contains(settings.labour_categories, accounts.cost_category), false)
                        )
                end,
                false
            ) as is_cost,
            cast(
                {{ dbt.date_trunc("month", "coalesce(attributed.service_date, attributed.posted_date)") }} as date
            ) as cost_month_date,
            attributed.reverses_ledger_entry_id,
            attributed.description,
            corrections.ledger_entry_id is not null as is_corrected,
            corrections.corrected_at,
            corrections.previous_posted_date,
            corrections.previous_amount,
            corrections.previous_currency,
            attributed.source_file,
            attributed.source_record
        from attributed
        cross join settings
        left join corrections on attributed.ledger_entry_id = corrections.ledger_entry_id
        left join accounts on attributed.account_code = accounts.account_code
        left join
            rates on attributed.currency = rates.currency and attributed.posted_date = rates.date_day
            {{ join_versions("initiative", "attributed.initiative_id", "attributed.posted_date") }}
            {{ join_versions("team", "attributed.team_id", "attributed.posted_date") }}
            {{ join_versions("product", "attributed.product_id", "attributed.posted_date") }}
            {{ join_versions("customer", "attributed.customer_id", "attributed.posted_date") }}
    )

select *
from keyed
