-- Deliverables done by now, by the day they were done.
with
    done as (
        select ((done_at at time zone 'UTC') at time zone time_zone)::date as day, product, team, initiative
        from feed.work_items
        cross join feed.settings
        where is_deliverable and status_category = 'done' and done_at <= as_of_at
    ),

    by_member as (
        select
            *,
            unnest(['total', 'product', 'team', 'initiative']) as dimension_name,
            unnest(['total', product, team, initiative]) as member_id
        from done
    )
select grain, period_start, dimension_name, member_id, count(*)::double as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
