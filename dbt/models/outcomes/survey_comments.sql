-- comments of colleagues are never published: their words reveal who wrote them
with
    responses as (select * from {{ ref("stg_survey_responses") }}),

    answers as (select * from {{ ref("fct_survey_responses") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    comments as (
        select
            answers.survey_response_key,
            answers.survey_type,
            answers.responded_date,
            answers.current_product_key,
            answers.score,
            answers.scale_min,
            answers.scale_max,
            responses.comment as comment_text
        from answers
        inner join
            responses on answers.response_id = responses.response_id and answers.question_id = responses.question_id
        cross join settings
        where settings.publish_comments and responses.comment is not null
    )

select *
from comments
