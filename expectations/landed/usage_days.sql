-- one row per day that the usage feed covers, from its first: the first declared, or the first with a row
select day
from feed.covered_days
where
    feed = 'usage_daily'
    and 'usage' in (select kind from feed.given_kinds)
    and day >= least(
        (select min(list_min(list_transform(covers, span -> span[1]))) from feed.usage_daily_loads),
        (select min(usage_date) from feed.usage_daily)
    )
