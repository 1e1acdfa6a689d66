-- People quote the scorecard: its figures and words must follow from the progress of today and the goal's versions.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "goal_scorecard"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    progress as (select * from {{ ref("fct_key_result_progress") }} where is_now),

    histories as (
        select
            key_result_id,
            count(*) filter (is_after_due) > 0 as has_change_after_due,
            count(*) filter (
                row(counted_baseline_value, counted_target_value)
                is distinct from row(original_baseline_value, original_target_value)
            )
            > 0 as is_rebaselined
        from {{ ref("dim_key_result") }}
        where key_result_key > 0
        group by key_result_id
    ),

    last_confidences as (
        select key_result_id, max_by(confidence, read_date) as confidence
        from {{ ref("int_key_result_readings") }}
        where confidence is not null
        group by key_result_id
    ),

    compared_goals as (
        select
            shown.*,
            settings.as_of_date,
            progress.key_result_id is not null as has_progress,
            progress.score_status,
            progress.value as expected_value,
            if(progress.score_status = 'measured', progress.clamped_score, null) as expected_score,
            if(progress.score_status = 'measured', progress.original_clamped_score, null) as expected_original_score,
            progress.current_score as expected_current_score,
            progress.best_score as expected_best_score,
            coalesce(progress.is_final, false) as expected_is_final,
            progress.is_on_pace as expected_is_on_pace,
            histories.has_change_after_due as expected_change_after_due,
            histories.is_rebaselined as expected_is_rebaselined,
            last_confidences.confidence,
            case
                when if(progress.score_status = 'measured', progress.clamped_score, null) is null
                then 'not_measured'
                when progress.clamped_score >= settings.success_band_good
                then 'good'
                when progress.clamped_score >= settings.success_band_fair
                then 'fair'
                else 'poor'
            end as expected_band
        from {{ ref("goal_scorecard") }} as shown
        cross join settings
        left join progress on shown.key_result_id = progress.key_result_id
        left join histories on shown.key_result_id = histories.key_result_id
        left join last_confidences on shown.key_result_id = last_confidences.key_result_id
    )

select key_result_id, goal_status, goal_status_reason, score, score_band
from compared_goals
where
    score is distinct from expected_score
    or value is distinct from expected_value
    or original_score is distinct from expected_original_score
    or current_score is distinct from expected_current_score
    or best_score is distinct from expected_best_score
    or is_final <> expected_is_final
    or is_on_pace is distinct from expected_is_on_pace
    or score_band <> expected_band
    or has_change_after_due <> expected_change_after_due
    or is_rebaselined is distinct from coalesce(expected_is_rebaselined, is_rebaselined)
    or last_confidence is distinct from cast(confidence as double)
    or goal_status <> case
        when start_date > as_of_date
        then 'not_started'
        when expected_score is null
        then 'not_measured'
        when not expected_is_final
        then if(expected_is_on_pace, 'on_track', 'behind')
        else case expected_band when 'good' then 'reached' when 'fair' then 'partly_reached' else 'missed' end
    end
    or (goal_status = 'not_started') <> (goal_status_reason = 'it_starts_later')
    or (goal_status_reason = 'measured') <> (score_status is not distinct from 'measured' and start_date <= as_of_date)
    or goal_status_reason not in (
        'it_starts_later',
        'measured',
        'its_metric_moved_within_noise',
        'never_read',
        'its_metric_has_no_complete_month_yet'
    )
    and goal_status_reason not like 'not_read_%'
    and goal_status_reason not like 'it_has_no_%'
    or (goal_status_reason like 'it_has_no_%') <> (
        start_date - as_of_date is null
        or (
            start_date <= as_of_date
            and (
                due_date is null
                or target_value is null
                or if(goal_type = 'hold', direction is null, baseline_value is null)
            )
        )
    )
    or (goal_status_reason = 'its_metric_moved_within_noise')
    <> (goal_status = 'not_measured' and score_status is not distinct from 'within_noise')
    or (goal_status_reason like 'not_read_%')
    <> (goal_status = 'not_measured' and score_status is not distinct from 'silent')
    or (goal_status_reason like 'not_read_within_%' and not expected_is_final)
    or (goal_status_reason like 'not_read_for_%' and expected_is_final)
    or (goal_status_reason = 'never_read' and metric_name is not null)
    or (goal_status_reason = 'its_metric_has_no_complete_month_yet' and metric_name is null)
    or (
        forecast_value is not null
        and (expected_is_final or coalesce(score_status, '') not in ('measured', 'within_noise'))
    )
    or forecast_score not between 0
    and 1
    or is_smart <> (is_specific and is_measurable and is_achievable and is_relevant and is_time_bound)
    or (smart_gaps = 'none') <> is_smart
    or (smart_gaps like '%specific%') <> not is_specific
    or (smart_gaps like '%measurable%') <> not is_measurable
    or (smart_gaps like '%achievable%') <> not is_achievable
    or (smart_gaps like '%relevant%') <> not is_relevant
    or (smart_gaps like '%time-bound%') <> not is_time_bound
