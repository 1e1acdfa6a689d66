-- one row per day and grain: the period that the day lies in, if it has begun; the grain `all` has none
select
    day::date as day,
    grain,
    case
        grain
        when 'day'
        then day
        when 'fiscal_year'
        then
            date_trunc('year', day - to_months(fiscal_year_start_month::int - 1))
            + to_months(fiscal_year_start_month::int - 1)
        when 'all'
        then null
        else date_trunc(grain, day)
    end::date as period_start
from stage.landing.settings
cross join
    generate_series(timestamp '1950-01-01', as_of_date::timestamp + interval 1 year, interval 1 day) as series(day)
cross join (select unnest(['day', 'week', 'month', 'quarter', 'year', 'fiscal_year', 'all']) as grain)
where period_start is null or period_start <= as_of_date
