-- one row per currency and day on which a rate is known: the day's own, else the latest earlier one that isn't too old
with
    rates as (select * from {{ ref("stg_exchange_rates") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select date_day from {{ ref("int_calendar") }}),

    bounded as (
        select
            currency,
            rate_date,
            cast(rate_to_reporting as decimal(18, 10)) as rate,
            coalesce(
                lead(rate_date) over (partition by currency order by rate_date), cast('9999-12-31' as date)
            ) as next_rate_date
        from rates
    ),

    quoted as (
        select dates.date_day, bounded.currency, bounded.rate_date, bounded.rate
        from bounded
        cross join settings
        inner join
            dates
            on dates.date_day >= bounded.rate_date
            and dates.date_day < bounded.next_rate_date
            and dates.date_day
            <= {{ dbt.dateadd("day", "cast(settings.max_rate_age_days as integer)", "bounded.rate_date") }}
            and dates.date_day <= settings.as_of_date
    ),

    reporting as (
        select
            dates.date_day,
            settings.reporting_currency as currency,
            dates.date_day as rate_date,
            cast(1 as decimal(18, 10)) as rate
        from dates
        cross join settings
    ),

    all_rates as (
        select *
        from reporting
        union all
        select quoted.*
        from quoted
        inner join settings on quoted.currency <> settings.reporting_currency
    )

select *
from all_rates
