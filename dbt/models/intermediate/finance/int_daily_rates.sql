with
    rates as (select * from {{ ref("stg_exchange_rates") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select date_day from {{ ref("int_calendar") }}),

    rates_with_next_date as (
        select
            currency,
            rate_date,
            cast(rate_to_reporting as decimal(18, 10)) as rate,
            coalesce(
                lead(rate_date) over (partition by currency order by rate_date), cast('9999-12-31' as date)
            ) as next_rate_date
        from rates
    ),

    quoted_rates as (
        select dates.date_day, rates_with_next_date.currency, rates_with_next_date.rate_date, rates_with_next_date.rate
        from rates_with_next_date
        cross join settings
        inner join
            dates
            on dates.date_day >= rates_with_next_date.rate_date
            and dates.date_day < rates_with_next_date.next_rate_date
            and dates.date_day
            <= {{ dbt.dateadd("day", "cast(settings.max_rate_age_days as integer)", "rates_with_next_date.rate_date") }}
            and dates.date_day <= settings.as_of_date
    ),

    reporting_currency_rates as (
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
        from reporting_currency_rates
        union all
        select quoted_rates.*
        from quoted_rates
        inner join settings on quoted_rates.currency <> settings.reporting_currency
    )

select *
from all_rates
