-- A budget is compared with the cost of months that the ledger covers whole: of any other, the cost isn't known yet.
{{ config(meta={"dagster": {"ref": {"name": "msr_compared_months"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    ledger_days as (select distinct date_day from {{ ref("int_feed_days") }} where feed = 'ledger_entries'),

    expected_months as (
        select dates.month_start_date
        from {{ ref("dim_date") }} as dates
        inner join ledger_days on dates.date_day = ledger_days.date_day
        cross join settings
        group by dates.month_start_date, settings.as_of_date
        having
            count(*) = day(last_day(dates.month_start_date)) and last_day(dates.month_start_date) <= settings.as_of_date
    )

select coalesce(compared.month_start_date, expected_months.month_start_date) as month_start_date
from {{ ref("msr_compared_months") }} as compared
full outer join expected_months on compared.month_start_date = expected_months.month_start_date
where compared.month_start_date is null or expected_months.month_start_date is null
