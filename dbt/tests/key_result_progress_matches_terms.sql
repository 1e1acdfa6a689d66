-- Each flag of a goal's progress follows from the figures beside it, and each month end has a row.
{{ config(meta={"dagster": {"ref": {"name": "fct_key_result_progress"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    readings as (select * from {{ ref("int_key_result_readings") }}),

    readings_so_far as (
        select
            progress.key_result_progress_key,
            count(readings.read_date) as readings,
            max(readings.read_date) as read_date,
            max_by(readings.value, readings.read_date) as value
        from {{ ref("fct_key_result_progress") }} as progress
        left join
            readings on progress.key_result_id = readings.key_result_id and readings.read_date <= progress.as_of_date
        group by progress.key_result_progress_key
    ),

    compared_progress as (
        select
            progress.*,
            settings.as_of_date as now_date,
            settings.success_band_good,
            key_results.goal_type,
            key_results.is_scorable,
            readings_so_far.readings as expected_readings,
            readings_so_far.read_date as expected_read_date,
            readings_so_far.value as expected_value,
            least(progress.as_of_date, progress.due_date) - progress.start_date as days_gone,
            progress.due_date - progress.start_date as days_in_all,
            least(progress.as_of_date, progress.due_date)
            - coalesce(progress.value_date, progress.start_date) as days_silent
        from {{ ref("fct_key_result_progress") }} as progress
        cross join settings
        inner join readings_so_far on progress.key_result_progress_key = readings_so_far.key_result_progress_key
        left join {{ ref("dim_key_result") }} as key_results on progress.key_result_key = key_results.key_result_key
    )

select key_result_id, as_of_date, score_status, expected_pace, is_on_pace, is_held, is_silent
from compared_progress
where
    is_now <> (as_of_date = now_date)
    or is_final <> (as_of_date >= due_date)
    or as_of_date < start_date
    or (as_of_date > due_date and not is_now)
    or (as_of_date <> last_day(as_of_date) and not is_now and as_of_date <> due_date)
    or readings <> expected_readings
    or current_value is distinct from expected_value
    or days_since_check_in is distinct from as_of_date - expected_read_date
    or is_silent <> (days_silent > silence_days)
    or silence_days <> floor(review_days + review_days / 6.0)
    or score_status <> case
        when not is_scorable
        then 'unscorable'
        when value is null
        then 'not_read'
        when days_silent > silence_days
        then 'silent'
        when raw_score is null
        then 'within_noise'
        else 'measured'
    end
    or abs(expected_pace - case when goal_type = 'hold' then 1 else days_gone / nullif(days_in_all, 0) end) > 1e-9
    or (clamped_score is null) <> (raw_score is null)
    or clamped_score <> least(greatest(raw_score, 0), 1)
    or (original_clamped_score is null) <> (original_raw_score is null)
    or original_clamped_score <> least(greatest(original_raw_score, 0), 1)
    or is_on_pace is distinct from case when score_status = 'measured' then raw_score >= expected_pace end
    or is_held is distinct from case when best_score >= success_band_good then current_score >= success_band_good end
    or best_score < current_score
