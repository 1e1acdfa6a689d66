-- Of the initiatives and deliverables that created value on evidence of their own: the share recognised since their
-- delivery, a deliverable with its initiative, too.
with
    recognised as (
        select
            work_item_id,
            initiative_id,
            ((recognised_at at time zone 'UTC') at time zone time_zone)::date as recognised_day
        from feed.recognitions
        cross join stage.landing.settings
        where recognised_at <= as_of_at
    ),

    wins as (
        select deliverable_id, initiative, team, day
        from feed.deliverable_values
        where verdict = 'created' and is_shown_by_itself
        union all
        select null, initiative_id, team, day
        from feed.initiative_wins
    ),

    by_member as (
        select
            day,
            exists (
                select 1
                from recognised
                where
                    recognised_day >= coalesce(day, recognised_day)
                    and (work_item_id = deliverable_id or recognised.initiative_id = wins.initiative)
            ) as is_recognised,
            unnest(['total', 'team']) as dimension_name,
            unnest(['total', team]) as member_id
        from wins
        where 'recognition' in (select kind from feed.given_kinds)
    )
select grain, period_start, dimension_name, member_id, avg(is_recognised::int)::double as value, count(*) as n
from by_member
cross join stage.landing.settings
-- one whose day nobody says counts over all time
inner join
    feed.days as days on days.day = coalesce(by_member.day, as_of_date) and (by_member.day is not null or grain = 'all')
group by all
