-- A restatement takes out what was said and puts in what is said now: some load showed the entry so, in that currency.
{{ config(meta={"dagster": {"ref": {"name": "fct_ledger_corrections"}}}) }}

with
    landed as (select * from {{ source("landing", "ledger_entries") }} where _row_kind = 'row'),

    rates as (select currency, date_day, rate from {{ ref("int_daily_rates") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    told as (
        select
            corrections.*,
            rates.rate,
            cast(timezone(settings.time_zone, timezone('UTC', corrections.restated_at)) as date) as expected_date
        from {{ ref("fct_ledger_corrections") }} as corrections
        cross join settings
        left join rates on corrections.currency = rates.currency and corrections.posted_date = rates.date_day
    )

select ledger_entry_id, direction, posted_date, restated_amount, currency, restated_reporting_amount
from told
where
    not exists (
        from landed
        where
            landed.ledger_entry_id = told.ledger_entry_id
            and landed._file = told.source_file
            and landed._record = told.source_record
            and landed.posted_date = told.posted_date
            and landed.currency is not distinct from told.currency
            and landed.amount = case told.direction when 'in' then told.restated_amount else - told.restated_amount end
    )
    or month_start_date <> make_date(year(posted_date), month(posted_date), 1)
    or restated_date <> expected_date
    or has_rate <> (rate is not null)
    or (restated_reporting_amount is null) <> (rate is null)
    or abs(restated_reporting_amount - restated_amount * rate) > 0.0001
