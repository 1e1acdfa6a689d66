with
    responses as (select * from {{ ref("stg_survey_responses") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dated_responses as (
        select
            responses.*,
            {{ local_date("responses.responded_at", "settings.time_zone") }} as responded_date,
            responses.responded_at <= settings.as_of_at as is_past,
            -- an answer without a score shows no scale
            case
                when responses.score is not null
                then {{ surrogate_key(["responses.scale_min", "responses.scale_max", "responses.higher_is_better"]) }}
            end as scale
        from responses
        cross join settings
        where lower(responses.question_id) <> 'unknown'
    ),

    -- a question asked only after now has a row too, because its answers are published
    ranked_responses as (
        select
            *,
            row_number() over (
                partition by question_id
                order by is_past desc, scale is not null desc, responded_at desc, response_id desc
            ) as recency
        from dated_responses
    ),

    latest_response_per_question as (select * from ranked_responses where recency = 1),

    dates_per_question as (
        select
            dated_responses.question_id,
            min(dated_responses.responded_date) filter (dated_responses.is_past) as first_asked_date,
            max(dated_responses.responded_date) filter (dated_responses.is_past) as last_asked_date,
            count(distinct dated_responses.scale) filter (dated_responses.is_past) as scales_used,
            min(dated_responses.responded_date) filter (
                dated_responses.is_past and dated_responses.scale = latest_response_per_question.scale
            ) as scale_first_asked_date
        from dated_responses
        inner join
            latest_response_per_question on dated_responses.question_id = latest_response_per_question.question_id
        group by dated_responses.question_id
    ),

    questions as (
        select
            latest_response_per_question.question_id,
            latest_response_per_question.survey_type,
            latest_response_per_question.topic,
            latest_response_per_question.is_score_question,
            latest_response_per_question.scale_min,
            latest_response_per_question.scale_max,
            latest_response_per_question.higher_is_better,
            dates_per_question.scales_used > 1 as has_scale_changed,
            dates_per_question.scales_used,
            dates_per_question.scale_first_asked_date,
            dates_per_question.first_asked_date,
            dates_per_question.last_asked_date
        from latest_response_per_question
        inner join dates_per_question on latest_response_per_question.question_id = dates_per_question.question_id
    )

select *
from questions
