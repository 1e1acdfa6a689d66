with
    dates as (select * from {{ ref("int_calendar") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    ledger_days as (select * from {{ ref("int_feed_days") }} where feed = 'ledger_entries'),

    -- of a month that runs, or that the ledger doesn't cover whole, the cost isn't known yet
    compared_months as (
        select dates.month_start_date, dates.fiscal_year_start_date
        from dates
        cross join settings
        left join ledger_days on dates.date_day = ledger_days.date_day
        group by dates.month_start_date, dates.fiscal_year_start_date
        having count(*) = count(ledger_days.date_day) and max(dates.date_day) <= max(settings.as_of_date)
    )

select *
from compared_months
