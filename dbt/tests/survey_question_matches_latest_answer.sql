-- A scale that is reversed or stretched makes old and new answers incomparable: a question must show its latest scale.
{{ config(meta={"dagster": {"ref": {"name": "dim_survey_question"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    answers as (
        select
            given.*,
            given.responded_at <= settings.as_of_at as is_past,
            cast(timezone(settings.time_zone, timezone('UTC', given.responded_at)) as date) as day,
            row(given.scale_min, given.scale_max, given.higher_is_better) as scale,
            if(given.score is null, null, row(given.scale_min, given.scale_max, given.higher_is_better)) as scale_used
        from {{ ref("stg_survey_responses") }} as given
        cross join settings
        where lower(given.question_id) <> 'unknown'
    ),

    last_answer_per_question as (
        select
            question_id,
            max_by(
                {survey_type:survey_type, is_score_question:is_score_question, scale:scale, scale_used:scale_used},
                row(is_past, score is not null, responded_at, response_id)
            ) as last_answer
        from answers
        group by question_id
    ),

    expected_questions as (
        select
            answers.question_id,
            min(answers.day) filter (answers.is_past) as first_day,
            max(answers.day) filter (answers.is_past) as last_day,
            count(distinct cast(answers.scale_used as varchar)) filter (answers.is_past) as scales_used,
            min(answers.day) filter (
                answers.is_past and answers.scale_used = last_answer_per_question.last_answer.scale_used
            ) as scale_first_day,
            any_value(last_answer_per_question.last_answer) as last_answer
        from answers
        inner join last_answer_per_question on answers.question_id = last_answer_per_question.question_id
        group by answers.question_id
    )

select coalesce(shown.question_id, expected_questions.question_id) as question_id
from (select * from {{ ref("dim_survey_question") }} where question_key > 0) as shown
full outer join expected_questions on shown.question_id = expected_questions.question_id
where
    shown.question_id is null
    or expected_questions.question_id is null
    or shown.survey_type is distinct from expected_questions.last_answer.survey_type
    or shown.is_score_question is distinct from expected_questions.last_answer.is_score_question
    or row(shown.scale_min, shown.scale_max, shown.higher_is_better)
    is distinct from expected_questions.last_answer.scale
    or shown.scales_used <> expected_questions.scales_used
    or shown.has_scale_changed <> (expected_questions.scales_used >= 2)
    or shown.first_asked_date is distinct from expected_questions.first_day
    or shown.last_asked_date is distinct from expected_questions.last_day
    or shown.scale_first_asked_date is distinct from expected_questions.scale_first_day
