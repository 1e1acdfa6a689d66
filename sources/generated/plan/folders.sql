-- one row per export: the last day of each quarter
with
    quarters as (
        select range as n, (first_day() + to_months(3 * range::integer + 2))::date as last_month from range(12)
    )

select n, last_day(last_month) as folder
from quarters
