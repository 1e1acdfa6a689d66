-- Experiments by the day they started, up to now.
with
    by_member as (
        select
            ((started_at at time zone 'UTC') at time zone time_zone)::date as day,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from feed.experiments
        cross join stage.landing.settings
        where started_at <= as_of_at
    )
select grain, period_start, dimension_name, member_id, count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
