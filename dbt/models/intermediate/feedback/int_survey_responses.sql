with
    responses as (select * from {{ ref("stg_survey_responses") }} where survey_type not in ('enps', 'team_health')),

    settings as (select * from {{ ref("stg_settings") }}),

    counted_answers as (select * from {{ ref("int_survey_answers") }}),

    publishable_responses as (
        select
            responses.*,
            {{ local_date("responses.responded_at", "settings.time_zone") }} as responded_date,
            counted_answers.survey_response_key is not null as is_counted
        from responses
        cross join settings
        left join
            counted_answers
            on responses.response_id = counted_answers.response_id
            and responses.question_id = counted_answers.question_id
    )

select *
from publishable_responses
