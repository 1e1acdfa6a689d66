with
    versions as (select * from {{ ref("int_restated_ledger_versions") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    rates as (select * from {{ ref("int_daily_rates") }}),

    work_items as (select work_item_id, initiative_id from {{ ref("stg_work_items") }}),

    versions_taken_out as (
        select *, 'out' as direction, ended_by as correction_kind, ended_at as restated_at, - amount as restated_amount
        from versions
        where ended_by is not null
    ),

    versions_put_in as (
        select *, 'in' as direction, begun_by as correction_kind, shown_at as restated_at, amount as restated_amount
        from versions
        where begun_by is not null
    ),

    restatements as (
        select *
        from versions_taken_out
        union all
        select *
        from versions_put_in
    ),

    corrections as (
        select
            restatements.* exclude (initiative_id, restated_amount),
            {{ entry_initiative("restatements.initiative_id", "work_items.initiative_id") }} as initiative_id,
            {{ local_date("restatements.restated_at", "settings.time_zone") }} as restated_date,
            cast({{ dbt.date_trunc("month", "restatements.posted_date") }} as date) as month_start_date,
            cast(restatements.restated_amount as decimal(28, 10)) as restated_amount,
            {{ reporting_amount("restatements.restated_amount", "rates.rate") }} as restated_reporting_amount,
            rates.rate is not null as has_rate
        from restatements
        cross join settings
        left join work_items on restatements.work_item_id = work_items.work_item_id
        left join rates on restatements.currency = rates.currency and restatements.posted_date = rates.date_day
    )

select *
from corrections
