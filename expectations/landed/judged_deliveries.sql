-- one row per deliverable that was delivered: its last and its first day of delivery, and the one that it is judged
-- by. That is the last one,
-- unless one of its outcome key results, or a hard benefit, showed value after an earlier one
with
    lives as (
        select
            work.work_item_id as deliverable_id,
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
        cross join feed.settings
        left join feed.stretches as stretches on stretches.work_item_id = work.work_item_id and from_at < to_at
        group by work.work_item_id, work.day, work.released_at, work.done_at, as_of_at, time_zone
    ),
    shown as (
        select lives.deliverable_id
        from lives
        inner join feed.deliverable_goals as goals on goals.deliverable_id = lives.deliverable_id and is_outcome
        inner join feed.key_result_readings as readings on readings.key_result_id = goals.key_result_id
        cross join feed.settings
        where first_day < lives.day and readings.day <= lives.day and raw_score is not null
        group by lives.deliverable_id, goals.key_result_id, success_band_some
        having
            max(raw_score) filter (readings.day > first_day) >= success_band_some
            and coalesce(
                max(raw_score) filter (readings.day > first_day)
                > arg_max(raw_score, readings.day) filter (readings.day <= first_day),
                true
            )
        union
        select lives.deliverable_id
        from lives
        inner join feed.deliverable_money as money using (deliverable_id)
        inner join core.dim_deliverable as named using (deliverable_id)
        inner join core.fct_benefit_credits as credits on credits.deliverable_key = named.deliverable_key
        where
            is_costed
            and is_rated
            and scenario = 'actual'
            and benefit_type = 'hard'
            and month_start_date >= date_trunc('month', first_day)
            and last_day(month_start_date) < lives.day
        group by lives.deliverable_id
        having sum(credited_reporting_amount) > 0
    )
select deliverable_id, day, first_day, if(deliverable_id in (from shown), first_day, day) as judged_day
from lives
