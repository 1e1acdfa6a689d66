-- A correction takes out and puts in what a load really showed: the same entry, amount and currency.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_corrections"}}}) }}

with
    landed_entries as (select * from {{ source("landing", "ledger_entries") }} where _row_kind = 'row'),

    rates as (select currency, date_day, rate from {{ ref("int_daily_rates") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    rated_corrections as (
        select
            corrections.*,
            rates.rate,
            cast(timezone(settings.time_zone, timezone('UTC', corrections.restated_at)) as date) as expected_date
        from {{ ref("fct_ledger_corrections") }} as corrections
        cross join settings
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
