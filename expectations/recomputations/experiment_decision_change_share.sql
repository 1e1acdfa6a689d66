-- Of the experiments that led to a decision: the share that changed it, of those that say whether they did.
with
    by_member as (
        select
            ((decided_at at time zone 'UTC') at time zone time_zone)::date as day,
            changed_decision,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from feed.experiments
        cross join stage.landing.settings
        where decided_at <= as_of_at and changed_decision is not null
    )
select grain, period_start, dimension_name, member_id, avg(changed_decision::int)::double as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
