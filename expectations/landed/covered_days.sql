-- one row per feed and day up to now that one of its sources covers
with
    spans as (
        select
            feed,
            unnest(
                coalesce(
                    covers, [[date '0001-01-01', ((observed_at at time zone 'UTC') at time zone time_zone)::date + 1]]
                )
            ) as span
        from stage.landing.loads
        cross join stage.landing.settings
    )
select distinct feed, day
from spans
inner join feed.days as days on days.grain = 'day' and day >= span[1] and day < span[2]
cross join stage.landing.settings
where day <= as_of_date
