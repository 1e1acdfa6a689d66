-- one row per delivered deliverable or initiative (level, id) and outcome key result: the scores that it is judged by
with
    timed as (
        select goals.*, judged_day, greatest(due_date, judged_day + observation_window_days::int) as last_day
        from feed.delivered_goals as goals
        cross join stage.landing.settings
        inner join feed.judged_deliveries as delivered on delivered.level = goals.level and delivered.id = goals.id
        inner join
            feed.key_result_terms as terms
            on terms.key_result_id = goals.key_result_id
            and to_at = timestamp '9999-12-31'
    ),
    before as (
        select timed.*, arg_max(raw_score, readings.day) as score_before
        from timed
        left join
            feed.key_result_readings as readings
            on readings.key_result_id = timed.key_result_id
            and readings.day <= judged_day
        group by all
    ),
    after_delivery as (
        select
            before.*,
            count(raw_score) as scores,
            max(case when day <= as_of_date then {day:day, score:raw_score} end) as latest,
            min(day) filter (raw_score >= success_band_some and coalesce(raw_score > score_before, true)) as reached_day
        from before
        cross join (select as_of_date, success_band_some from stage.landing.settings)
        left join
            feed.key_result_readings as readings
            on readings.key_result_id = before.key_result_id
            and day > judged_day
            and day <= last_day
        group by all
    )
select
    *,
    latest.score as latest_score,
    latest.score is not null
    and not coalesce(score_before >= success_band_good and latest.score <= score_before, false) as is_usable
from after_delivery
cross join (select success_band_good from stage.landing.settings)
