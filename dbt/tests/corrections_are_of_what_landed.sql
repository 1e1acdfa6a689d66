-- A restatement takes out what was said and puts in what is said now: both amounts stand in the feed, in their own
-- currency.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_corrections"}}}) }}

with
    landed as (select * from {{ source("landing", "ledger_entries") }} where _row_kind = 'row'),

    rates as (select currency, date_day, rate from {{ ref("int_daily_rates") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    told as (
        select
            corrections.*,
            landed.amount,
            landed.posted_date as landed_date,
            landed.currency as landed_currency,
            landed.ledger_entry_id as landed_id,
            rates.rate,
            cast(timezone(settings.time_zone, timezone('UTC', corrections.restated_at)) as date) as expected_date
        from {{ ref("fct_ledger_corrections") }} as corrections
        cross join settings
        left join
            landed
            on corrections.ledger_entry_id = landed.ledger_entry_id
            and corrections.source_file = landed._file
            and corrections.source_record = landed._record
            and corrections.posted_date = landed.posted_date
            and abs(corrections.restated_amount) = abs(landed.amount)
        left join rates on corrections.currency = rates.currency and corrections.posted_date = rates.date_day
    )

select ledger_entry_id, direction, restated_amount, amount, restated_reporting_amount
from told
where
    landed_id is null
    or restated_amount <> case when direction = 'in' then amount else - amount end
    or currency is distinct from landed_currency
    or month_start_date <> make_date(year(landed_date), month(landed_date), 1)
    or restated_date <> expected_date
    or has_rate <> (rate is not null)
    or (restated_reporting_amount is null) <> (rate is null)
    or abs(restated_reporting_amount - restated_amount * rate) > 0.0001
