-- Every return depends on what counts as cost, and whose: each rule of the settings is applied here again, one by one.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_entries"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    -- an entry that says unknown names no initiative
    entries as (
        select *, case when lower(initiative_id) = 'unknown' then initiative_id end as unknown_initiative_id
        from {{ ref("stg_ledger_entries") }}
    ),

    accounts as (select * from {{ ref("stg_accounts") }}),

    entries_with_account as (
        select
            entries.ledger_entry_id,
            entries.account_code,
            accounts.account_type,
            accounts.cost_category,
            coalesce(accounts.is_capital, false) as is_capital,
            entries.posted_date,
            coalesce(
                nullif(entries.initiative_id, entries.unknown_initiative_id),
                work_items.initiative_id,
                entries.initiative_id
            ) as initiative_id
        from entries
        left join accounts on entries.account_code = accounts.account_code
        left join {{ ref("stg_work_items") }} as work_items on entries.work_item_id = work_items.work_item_id
    ),

    entries_with_rules as (
        select
            entries_with_account.*,
            coalesce(
                entries_with_account.account_code in (select unnest(settings.depreciation_accounts) from settings),
                false
            ) as is_depreciation,
            coalesce(entries_with_account.account_type = 'cost', false) as is_on_cost_account,
            coalesce(
                entries_with_account.cost_category in (select unnest(settings.labour_categories) from settings), false
            ) as is_labour
        from entries_with_account
    ),

    expected_entries as (
        select
            entries_with_rules.ledger_entry_id,
            entries_with_rules.initiative_id,
            entries_with_rules.account_code,
            entries_with_rules.posted_date <= settings.as_of_date
            and (
                (entries_with_rules.is_depreciation and settings.capital_cost = 'amortised')
                or (
                    entries_with_rules.is_on_cost_account
                    and not entries_with_rules.is_depreciation
                    and not (entries_with_rules.is_capital and settings.capital_cost = 'amortised')
                    and not (entries_with_rules.is_labour and settings.labour_cost = 'rates')
                )
            ) as is_cost
        from entries_with_rules
        cross join settings
    ),

    compared_entries as (
        select
            facts.ledger_entry_id,
            facts.is_cost,
            expected_entries.is_cost as expected_is_cost,
            initiatives.initiative_id,
            expected_entries.initiative_id as expected_initiative_id,
            booked.account_code,
            expected_entries.account_code as expected_account_code
        from {{ ref("fct_ledger_entries") }} as facts
        inner join expected_entries on facts.ledger_entry_id = expected_entries.ledger_entry_id
        left join
            {{ ref("dim_initiative") }} as initiatives on facts.current_initiative_key = initiatives.initiative_key
        left join {{ ref("dim_account") }} as booked on facts.account_key = booked.account_key
        where not facts.is_synthetic
    )

select *
from compared_entries
where
    is_cost <> expected_is_cost
    or (initiative_id is distinct from expected_initiative_id and initiative_id not in ('-1', '-2', '-3'))
    or (account_code is distinct from expected_account_code and account_code not in ('-1', '-2', '-3'))
