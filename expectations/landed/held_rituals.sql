-- one row per ritual held by now, with its day
select rituals.*, ((held_at at time zone 'UTC') at time zone time_zone)::date as day
from feed.rituals as rituals
cross join stage.landing.settings
where held_at <= as_of_at
