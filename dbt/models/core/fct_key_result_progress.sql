with
    progress as (select * from {{ ref("int_key_result_progress") }}),

    key_results as (select * from {{ ref("dim_key_result") }} where is_current and key_result_key > 0),

    objectives as (select * from {{ ref("dim_objective") }} where objective_key > 0),

    progress_with_keys as (
        select
            {{ surrogate_key(["progress.key_result_id", "progress.as_of_date"]) }} as key_result_progress_key,
            progress.key_result_key,
            key_results.key_result_key as current_key_result_key,
            progress.key_result_id,
            {{ member_key("key_results.objective_id", "objectives.objective_key") }} as objective_key,
            coalesce(objectives.team_key, -2) as current_team_key,
            progress.as_of_date,
            progress.is_now,
            progress.is_final,
            progress.start_date,
            progress.due_date,
            progress.baseline_value,
            progress.target_value,
            progress.readings,
            progress.value,
            progress.value_date,
            progress.score_status,
            progress.raw_score,
            progress.clamped_score,
            progress.original_raw_score,
            progress.original_clamped_score,
            progress.expected_pace,
            progress.is_on_pace,
            progress.current_value,
            progress.current_score,
            progress.best_score,
            progress.is_held,
            progress.days_since_check_in,
            progress.review_days,
            progress.silence_days,
            progress.is_silent,
            progress.source_file,
            progress.source_record
        from progress
        inner join key_results on progress.key_result_id = key_results.key_result_id
        left join objectives on key_results.objective_id = objectives.objective_id
    )

select *
from progress_with_keys
