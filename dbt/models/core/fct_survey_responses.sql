with
    responses as (select * from {{ ref("stg_survey_responses") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    customer_versions as (select * from {{ ref("dim_customer") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    counted_answers as (select * from {{ ref("int_survey_answers") }}),

    deliverables as (
        select deliverable_key, deliverable_id from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    questions as (select question_key, question_id from {{ ref("dim_survey_question") }} where question_key > 0),

    -- answers of colleagues are published in cells that hide the person alone: fct_employee_survey_cells
    publishable_responses as (select * from responses where survey_type not in ('enps', 'team_health')),

    responses_with_keys as (
        select
            {{ surrogate_key(["publishable_responses.response_id", "publishable_responses.question_id"]) }}
            as survey_response_key,
            publishable_responses.response_id,
            publishable_responses.question_id,
            {{ member_key("publishable_responses.question_id", "questions.question_key") }} as question_key,
            publishable_responses.survey_type,
            publishable_responses.is_score_question,
            publishable_responses.score,
            publishable_responses.scale_min,
            publishable_responses.scale_max,
            publishable_responses.higher_is_better,
            publishable_responses.responded_at,
            {{ local_date("publishable_responses.responded_at", "settings.time_zone") }} as responded_date,
            {{ version_keys("customer", "publishable_responses.customer_id") }},
            {{ version_keys("product", "publishable_responses.product_id") }},
            {{ version_keys("team", "publishable_responses.team_id") }},
            {{ member_key("publishable_responses.work_item_id", "deliverables.deliverable_key") }} as deliverable_key,
            counted_answers.survey_response_key is not null as is_counted,
            publishable_responses.source_file,
            publishable_responses.source_record
        from publishable_responses
        cross join settings
        left join
            counted_answers
            on publishable_responses.response_id = counted_answers.response_id
            and publishable_responses.question_id = counted_answers.question_id
        left join questions on publishable_responses.question_id = questions.question_id
        left join
            deliverables on publishable_responses.work_item_id = deliverables.deliverable_id
            {{
                join_versions(
                    "customer",
                    "customer_versions",
                    "publishable_responses.customer_id",
                    "publishable_responses.responded_at",
                )
            }}
            {{
                join_versions(
                    "product",
                    "product_versions",
                    "publishable_responses.product_id",
                    "publishable_responses.responded_at",
                )
            }}
            {{
                join_versions(
                    "team", "team_versions", "publishable_responses.team_id", "publishable_responses.responded_at"
                )
            }}
    )

select *
from responses_with_keys
