-- one row per month that has ended and of which the ledger covers every day, with its fiscal year
select
    date_trunc('month', days.day)::date as month,
    (
        select period_start
        from feed.days as years
        where years.grain = 'fiscal_year' and years.day = date_trunc('month', days.day)
    ) as fiscal_year
from feed.days as days
cross join stage.landing.settings
where days.grain = 'day' and days.day <= as_of_date
group by all
having
    max(days.day) = last_day(max(days.day))
    and count(*) = count(*) filter (days.day in (select day from feed.covered_days where feed = 'ledger_entries'))
