-- one row per deliverable, answer or ritual that the pilot comparison uses: its team and day, its part of the team's
-- numerator (`top`) and denominator (`bottom`), and the respondent (`who`)
with
    moves as (
        select items.work_item_id, arg_min(try_cast(from_value as date), (changed_at, change_seq)) as promised_day
        from feed.work_items as items
        inner join feed.work_item_changes as changes on changes.work_item_id = items.work_item_id
        where field = 'due_date' and changed_at > committed_at
        group by all
    ),
    work as (
        select
            items.*,
            delivered.day is not null as is_finished,
            ((items.done_at at time zone 'UTC') at time zone time_zone)::date as done_day,
            delivered.delivered_at,
            delivered.day as delivered_day,
            case when moves.work_item_id is null then items.due_date else promised_day end as promised_day
        from feed.work_items as items
        left join feed.delivered_work as delivered on delivered.work_item_id = items.work_item_id
        left join moves on moves.work_item_id = items.work_item_id
        cross join stage.landing.settings
        where items.is_deliverable
    ),
    outcomes as (select distinct deliverable_id from feed.deliverable_goals where is_outcome)
select
    'lead_time_days' as measure,
    team,
    delivered_day as day,
    (epoch_us(delivered_at) - epoch_us(committed_at)) / 86400e6 as top,
    1 as bottom,
    null as who
from work
where is_finished and committed_at is not null
union all
select 'on_time_rate', team, promised_day, (is_finished and done_day <= promised_day is true)::int, 1, null
from work
cross join stage.landing.settings
where status_category <> 'cancelled' and promised_day <= as_of_date
union all
select 'aligned_work_share', team, delivered_day, (work_item_id in (select deliverable_id from outcomes))::int, 1, null
from work
cross join stage.landing.settings
where is_finished and not coalesce(list_contains(run_item_types, item_type), false)
union all
select
    'nps',
    team,
    day,
    case when points >= 9 then 1 when points <= 6 then -1 else 0 end,
    1,
    coalesce(respondent_id, 'nameless ' || response_id)
from feed.answers
where survey_type = 'nps' and scale_min = 0 and scale_max = 10 and points = floor(points)
union all
select 'action_closure_rate', team, day, actions_closed, actions_raised, null
from feed.held_rituals
where actions_closed is not null and actions_raised is not null
