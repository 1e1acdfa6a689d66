-- one row per deliverable delivered by now, with the moment and the day it reached its users: its release, if that has
-- happened, else the end of the work
select
    items.*,
    if(released_at <= as_of_at, released_at, done_at) as delivered_at,
    ((delivered_at at time zone 'UTC') at time zone time_zone)::date as day
from feed.work_items as items
cross join stage.landing.settings
where is_deliverable and status_category = 'done' and done_at <= as_of_at
