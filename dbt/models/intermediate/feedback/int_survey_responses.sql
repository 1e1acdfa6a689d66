with
    responses as (select * from {{ ref("stg_survey_responses") }} where survey_type not in ('enps', 'team_health')),

    settings as (select * from {{ ref("stg_settings") }}),

    counted_answers as (select * from {{ ref("int_survey_answers") }}),

    publishable_responses as (
        select
            responses.*,
            {{ local_date("responses.responded_at", "settings.time_zone") }} as responded_date,
            counted_answers.score is not null as is_counted,
            cast(counted_answers.score as decimal(28, 10)) as normalised_score,
            case
                when counted_answers.is_promoter
                then 'promoter'
                when counted_answers.is_passive
                then 'passive'
                when counted_answers.is_detractor
                then 'detractor'
            end as nps_class,
            counted_answers.is_satisfied,
            counted_answers.is_easy,
            counted_answers.is_approval
        from responses
        cross join settings
        left join
            counted_answers
            on responses.response_id = counted_answers.response_id
            and responses.question_id = counted_answers.question_id
    )

select *
from publishable_responses
