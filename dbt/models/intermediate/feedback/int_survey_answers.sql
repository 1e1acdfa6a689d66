with
    answers as (select * from {{ ref("stg_survey_responses") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    product_versions as (select * from {{ ref("int_product_versions") }}),

    team_versions as (select * from {{ ref("int_team_versions") }}),

    -- by the customer's latest version, like every member
    segments as (
        select customer_id, {{ segment_key("segment") }} as segment_key
        from {{ ref("int_customer_versions") }}
        where is_latest
    ),

    past_answers as (
        select
            answers.*,
            -- a topic is measured by itself, whatever survey asked about it
            coalesce(answers.topic, answers.survey_type) as measured_survey_type,
            {{ local_date("answers.responded_at", "settings.time_zone") }} as responded_date,
            coalesce(answers.respondent_id, answers.response_id) as respondent
        from answers
        cross join settings
        where
            (answers.is_score_question or answers.topic is not null)
            and answers.responded_at <= settings.as_of_at
            and (answers.score is not null or answers.is_dont_know)
    ),

    ranked_answers as (
        select
            *,
            row_number() over (
                partition by
                    measured_survey_type,
                    respondent_id is null,
                    respondent,
                    question_id,
                    coalesce(product_id, ''),
                    {{ dbt.date_trunc("month", "responded_date") }}
                order by responded_at desc, response_id desc
            ) as recency,
            coalesce(bool_or(is_dont_know) over (partition by survey_type, question_id), false) as offers_dont_know
        from past_answers
    ),

    counted_answers as (
        select
            {{ surrogate_key(["response_id", "question_id"]) }} as survey_response_key,
            response_id,
            question_id,
            measured_survey_type as survey_type,
            case when respondent_id is null then 'response:' else 'person:' end || respondent as respondent,
            product_id,
            team_id,
            customer_id,
            work_item_id,
            responded_date,
            case when higher_is_better then score else scale_min + scale_max - score end as score,
            scale_min,
            scale_max,
            coalesce(is_dont_know, false) as is_dont_know,
            survey_type not in ('enps', 'team_health') as is_asked_of_customers,
            offers_dont_know
        from ranked_answers
        where recency = 1 or respondent_id is null
    ),

    answers_with_survey_kind as (
        select
            *,
            coalesce(
                survey_type = 'nps' and scale_min = 0 and scale_max = 10 and score = floor(score), false
            ) as is_nps_answer,
            coalesce(
                survey_type = 'approval' and scale_min = 0 and scale_max = 1 and score in (0, 1), false
            ) as is_approval_answer,
            coalesce(
                survey_type = 'csat' and scale_min = 1 and scale_max in (3, 5) and score = floor(score), false
            ) as is_csat_answer,
            coalesce(
                survey_type = 'ces' and scale_min = 1 and scale_max = 7 and score = floor(score), false
            ) as is_ces_answer
        from counted_answers
    ),

    grouped_answers as (
        select
            *,
            case when is_nps_answer then score >= 9 end as is_promoter,
            case when is_nps_answer then score between 7 and 8 end as is_passive,
            case when is_nps_answer then score <= 6 end as is_detractor,
            case when is_approval_answer then score = 1 end as is_approval,
            -- the top two of five, the top of three
            case
                when is_csat_answer and scale_max = 5 then score >= 4 when is_csat_answer then score = 3
            end as is_satisfied,
            -- the bottom two of five, the bottom of three
            case
                when is_csat_answer and scale_max = 5 then score <= 2 when is_csat_answer then score = 1
            end as is_dissatisfied,
            case when is_ces_answer then score >= 5 end as is_easy
        from answers_with_survey_kind
    ),

    answers_with_keys as (
        select
            grouped_answers.*,
            {{ version_keys("product", "grouped_answers.product_id") }},
            {{ version_keys("team", "grouped_answers.team_id") }},
            {{ member_key("grouped_answers.customer_id", "segments.segment_key") }} as customer_segment_key
        from grouped_answers
        left join
            segments on grouped_answers.customer_id = segments.customer_id
            {{
                join_versions(
                    "product",
                    "product_versions",
                    "grouped_answers.product_id",
                    "grouped_answers.responded_date",
                )
            }}
            {{ join_versions("team", "team_versions", "grouped_answers.team_id", "grouped_answers.responded_date") }}
    )

select *
from answers_with_keys
