-- one row per currency and span of days, both ends included: the exchange rate to the reporting currency
select reporting_currency as currency, date '0001-01-01' as first_day, date '9999-12-31' as last_day, 1 as rate
from stage.landing.settings
union all
-- a rate is valid until the next one, at most max_rate_age_days
select
    currency,
    rate_date as first_day,
    least(
        rate_date + max_rate_age_days::int,
        coalesce(lead(rate_date) over (partition by currency order by rate_date) - 1, date '9999-12-31')
    ) as last_day,
    rate_to_reporting as rate
from feed.exchange_rates
cross join stage.landing.settings
where currency <> reporting_currency
