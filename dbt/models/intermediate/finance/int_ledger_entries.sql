with
    entries as (
        select *, false as is_synthetic
        from {{ ref("stg_ledger_entries") }}
        union all by name
        select *
        from {{ ref("int_labour_entries") }}
    ),

    settings as (select * from {{ ref("stg_settings") }}),

    accounts as (select * from {{ ref("stg_accounts") }}),

    rates as (select * from {{ ref("int_daily_rates") }}),

    work_items as (select work_item_id, initiative_id from {{ ref("stg_work_items") }}),

    corrections as (select * from {{ ref("int_ledger_last_corrections") }}),

    nearest_deliverables as (select * from {{ ref("int_work_item_deliverables") }}),

    ledger_entries as (
        select
            entries.* exclude (initiative_id),
            {{ entry_initiative("entries.initiative_id", "work_items.initiative_id") }} as initiative_id,
            work_items.work_item_id is not null as has_work_item,
            nearest_deliverables.deliverable_id,
            accounts.cost_category,
            rates.rate as exchange_rate,
            rates.rate_date,
            {{ reporting_amount("entries.amount", "rates.rate") }} as reporting_amount,
            rates.rate is not null as has_rate,
            entries.posted_date <= settings.as_of_date as is_posted,
            coalesce(
                entries.posted_date <= settings.as_of_date
                and case
                    when entries.is_synthetic
                    then true
                    -- depreciation repeats capital spending: one of the two is cost
                    when list_contains(settings.depreciation_accounts, entries.account_code)
                    then settings.capital_cost = 'amortised'
                    when coalesce(accounts.account_type, 'other') <> 'cost'
                    then false
                    when settings.capital_cost = 'amortised' and coalesce(accounts.is_capital, false)
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
                {{
                    dbt.date_trunc(
                        "month",
                        "coalesce(entries.service_date, corrections.original_cost_date, entries.posted_date)",
                    )
                }} as date
            ) as own_cost_month_date,
            corrections.ledger_entry_id is not null as is_corrected,
            corrections.corrected_at,
            corrections.previous_posted_date,
            corrections.previous_amount,
            corrections.previous_currency
        from entries
        cross join settings
        left join accounts on entries.account_code = accounts.account_code
        left join rates on entries.currency = rates.currency and entries.posted_date = rates.date_day
        left join work_items on entries.work_item_id = work_items.work_item_id
        left join nearest_deliverables on entries.work_item_id = nearest_deliverables.work_item_id
        left join corrections on entries.ledger_entry_id = corrections.ledger_entry_id
    )

select *
from ledger_entries
