with
    versions as (select * from {{ ref("int_restated_ledger_versions") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    accounts as (select * from {{ ref("dim_account") }} where account_key > 0),

    rates as (select * from {{ ref("int_daily_rates") }}),

    work_items as (select work_item_id, initiative_id from {{ ref("stg_work_items") }}),

    -- as an accountant corrects: what was said is taken out of its period, what is said now is put into its own
    taken_out as (
        select *, 'out' as direction, ended_by as correction_kind, ended_at as restated_at, - amount as restated_amount
        from versions
        where ended_by is not null
    ),

    put_in as (
        select *, 'in' as direction, begun_by as correction_kind, shown_at as restated_at, amount as restated_amount
        from versions
        where begun_by is not null
    ),

    postings as (
        select *
        from taken_out
        union all
        select *
        from put_in
    ),

    attributed as (
        select
            postings.* exclude (initiative_id),
            coalesce(postings.initiative_id, work_items.initiative_id) as initiative_id
        from postings
        left join work_items on postings.work_item_id = work_items.work_item_id
    ),

    keyed as (
        select
            {{ surrogate_key(["attributed.ledger_entry_id", "attributed.version_number", "attributed.direction"]) }}
            as ledger_correction_key,
            attributed.ledger_entry_id,
            attributed.correction_kind,
            attributed.direction,
            attributed.restated_at,
            {{ local_date("attributed.restated_at", "settings.time_zone") }} as restated_date,
            attributed.posted_date,
            attributed.service_date,
            cast({{ dbt.date_trunc("month", "attributed.posted_date") }} as date) as month_start_date,
            {{ member_key("attributed.account_code", "accounts.account_key") }} as account_key,
            accounts.account_type,
            {{ version_keys("initiative", "attributed.initiative_id") }},
            {{ version_keys("team", "attributed.team_id") }},
            {{ version_keys("product", "attributed.product_id") }},
            cast(attributed.restated_amount as decimal(28, 10)) as restated_amount,
            attributed.currency,
            cast(round(attributed.restated_amount * rates.rate, 4) as decimal(28, 4)) as restated_reporting_amount,
            rates.rate is not null as has_rate,
            attributed.source_file,
            attributed.source_record
        from attributed
        cross join settings
        left join accounts on attributed.account_code = accounts.account_code
        left join
            rates on attributed.currency = rates.currency and attributed.posted_date = rates.date_day
            {{ join_versions("initiative", "attributed.initiative_id", "attributed.posted_date") }}
            {{ join_versions("team", "attributed.team_id", "attributed.posted_date") }}
            {{ join_versions("product", "attributed.product_id", "attributed.posted_date") }}
    )

select *
from keyed
