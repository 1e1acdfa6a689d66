-- one row per deliverable and initiative (level, id) that was delivered: its team, and its last and its first day of
-- delivery, NULL of an initiative where nobody says
with
    deliverables as (
        select
            work.work_item_id as id,
            work.team,
            work.day,
            case
                when work.released_at <= as_of_at
                then work.day
                else
                    (
                        (least(min(from_at) filter (category = 'done'), work.done_at) at time zone 'UTC')
                        at time zone time_zone
                    )::date
            end as first_day
        from feed.delivered_work as work
        cross join stage.landing.settings
        left join feed.stretches as stretches on stretches.work_item_id = work.work_item_id and from_at < to_at
        group by work.work_item_id, work.team, work.day, work.released_at, work.done_at, as_of_at, time_zone
    ),
    work as (
        select
            items.initiative,
            count(deliverables.id) as done,
            count(*) filter (deliverables.id is null and items.status_category <> 'cancelled') as still_open,
            max(deliverables.day) as last_day,
            max(deliverables.first_day) as first_day
        from feed.work_items as items
        left join deliverables on deliverables.id = items.work_item_id
        where items.is_deliverable
        group by items.initiative
    )
select 'deliverable' as level, id, team, day, first_day
from deliverables
union all
select
    'initiative',
    members.initiative_id,
    members.team,
    coalesce(ended_day, work.last_day),
    coalesce(ended_day, work.first_day)
from
    (
        select
            initiative_id,
            team,
            stage,
            case
                when ended_at <= as_of_at then ((ended_at at time zone 'UTC') at time zone time_zone)::date
            end as ended_day
        from feed.initiatives
        cross join stage.landing.settings
    ) as members
left join work on work.initiative = members.initiative_id
where stage = 'done' or ended_day is not null or (work.done > 0 and work.still_open = 0)
