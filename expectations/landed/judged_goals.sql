-- one row per deliverable that was delivered and outcome key result that it serves: the scores by which it is judged
with
    delivered as (select deliverable_id, judged_day as delivery_day from feed.judged_deliveries),
    timed as (
        select goals.*, delivery_day, greatest(due_date, delivery_day + observation_window_days::int) as last_day
        from feed.deliverable_goals as goals
        cross join feed.settings
        inner join delivered on delivered.deliverable_id = goals.deliverable_id
        inner join
            feed.key_result_terms as terms
            on terms.key_result_id = goals.key_result_id
            and to_at = timestamp '9999-12-31'
        where is_outcome
    ),
    before as (
        select timed.*, arg_max(raw_score, readings.day) as score_before
        from timed
        left join
            feed.key_result_readings as readings
            on readings.key_result_id = timed.key_result_id
            and readings.day <= delivery_day
        group by all
    ),
    after_delivery as (
        select
            before.*,
            count(raw_score) as scores,
            max(case when day <= as_of_date then {day:day, score:raw_score} end) as latest,
            min(day) filter (raw_score >= success_band_some and coalesce(raw_score > score_before, true)) as reached_day
        from before
        cross join (select as_of_date, success_band_some from feed.settings)
        left join
            feed.key_result_readings as readings
            on readings.key_result_id = before.key_result_id
            and day > delivery_day
            and day <= last_day
        group by all
    )
select
    *,
    latest.score as latest_score,
    latest.score is not null
    and not coalesce(score_before >= success_band_good and latest.score <= score_before, false) as is_usable
from after_delivery
cross join (select success_band_good from feed.settings)
