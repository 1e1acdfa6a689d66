-- one row per working day and currency: euros for one unit
with
    days as (
        select (date '2023-06-26' + range::integer)::date as day, range as n
        from range(0, last_day_known() - date '2023-06-26' + 1)
    ),

    currencies(currency, base, period) as (values ('USD', 0.92, 340), ('GBP', 1.16, 410)),

    -- a slow triangle wave of 4 % with a little noise: no sine, whose last digit differs between machines
    waved as (
        select
            days.day,
            currency,
            base,
            abs((days.n % period) - period / 2) / (period / 2) as wave,
            bits(currency, days.n) as r
        from days
        cross join currencies
        where dayofweek(days.day) between 1 and 5
    )

select
    day as rate_date,
    currency,
    round(base * (0.98 + 0.04 * wave + 0.004 * first_of(r)), 5)::decimal(18, 5) as rate_to_reporting
from waved
