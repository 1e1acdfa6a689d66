-- A correction takes out and puts in what a load really showed: the same entry, amount, currency and members.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_corrections"}}}) }}

with
    landed_entries as (
        select
            entries.* exclude (initiative_id),
            -- an entry without an initiative of its own belongs to that of its work item
            case
                when coalesce(lower(entries.initiative_id), 'unknown') = 'unknown' and items.initiative_id is not null
                then items.initiative_id
                else entries.initiative_id
            end as initiative_id,
            case
                when lower(entries.account_code) = 'unknown'
                then -1
                when entries.account_code is not null
                then coalesce(accounts.account_key, -3)
                else -2
            end as account_key
        from {{ source("landing", "ledger_entries") }} as entries
        left join
            {{ ref("dim_account") }} as accounts
            on entries.account_code = accounts.account_code
            and accounts.account_key > 0
        left join {{ ref("stg_work_items") }} as items on entries.work_item_id = items.work_item_id
        where entries._row_kind = 'row'
    ),

    rates as (select currency, date_day, rate from {{ ref("int_daily_rates") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    rated_corrections as (
        select
            corrections.*,
            members.initiative_id,
            members.team_id,
            members.product_id,
            rates.rate,
            cast(timezone(settings.time_zone, timezone('UTC', corrections.restated_at)) as date) as expected_date
        from {{ ref("fct_ledger_corrections") }} as corrections
        cross join settings
        left join
            {{ ref("int_ledger_corrections") }} as members
            on corrections.ledger_entry_id = members.ledger_entry_id
            and corrections.restated_at = members.restated_at
            and corrections.direction = members.direction
        left join rates on corrections.currency = rates.currency and corrections.posted_date = rates.date_day
    )

select ledger_entry_id, direction, posted_date, restated_amount, currency, restated_reporting_amount
from rated_corrections
where
    not exists (
        from landed_entries
        where
            landed_entries.ledger_entry_id = rated_corrections.ledger_entry_id
            and landed_entries._file = rated_corrections.source_file
            and landed_entries._record = rated_corrections.source_record
            and landed_entries.posted_date = rated_corrections.posted_date
            and landed_entries.currency is not distinct from rated_corrections.currency
            and landed_entries.account_key = rated_corrections.account_key
            and landed_entries.initiative_id is not distinct from rated_corrections.initiative_id
            and landed_entries.team_id is not distinct from rated_corrections.team_id
            and landed_entries.product_id is not distinct from rated_corrections.product_id
            and landed_entries.amount = case
                rated_corrections.direction
                when 'in'
                then rated_corrections.restated_amount
                else - rated_corrections.restated_amount
            end
    )
    or month_start_date <> make_date(year(posted_date), month(posted_date), 1)
    or restated_date <> expected_date
    or has_rate <> (rate is not null)
    or (restated_reporting_amount is null) <> (rate is null)
    or abs(restated_reporting_amount - restated_amount * rate) > 0.0001
