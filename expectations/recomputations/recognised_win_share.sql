-- Of the deliverables that created value on evidence of their own: the share recognised since their delivery.
with
    recognised as (
        select
            work_item_id,
            initiative_id,
            ((recognised_at at time zone 'UTC') at time zone time_zone)::date as recognised_day
        from feed.recognitions
        cross join feed.settings
        where recognised_at <= as_of_at
    ),

    by_member as (
        select
            day,
            exists (
                select 1
                from recognised
                where
                    recognised_day >= day
                    and (work_item_id = deliverable_id or recognised.initiative_id = wins.initiative)
            ) as is_recognised,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from feed.deliverable_values as wins
        where verdict = 'created' and is_shown_by_itself and 'recognition' in (select kind from feed.given_kinds)
    )
select grain, period_start, dimension_name, member_id, avg(is_recognised::int)::double as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
