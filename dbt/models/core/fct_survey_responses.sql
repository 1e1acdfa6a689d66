with
    responses as (select * from {{ ref("int_survey_responses") }}),

    customer_versions as (select * from {{ ref("dim_customer") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    deliverables as (
        select deliverable_key, deliverable_id from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    questions as (select question_key, question_id from {{ ref("dim_survey_question") }} where question_key > 0),

    responses_with_keys as (
        select
            {{ surrogate_key(["responses.response_id", "responses.question_id"]) }} as survey_response_key,
            responses.response_id,
            responses.question_id,
            {{ member_key("responses.question_id", "questions.question_key") }} as question_key,
            responses.survey_type,
            responses.is_score_question,
            responses.score,
            coalesce(responses.is_dont_know, false) as is_dont_know,
            responses.scale_min,
            responses.scale_max,
            responses.higher_is_better,
            responses.responded_at,
            responses.responded_date,
            {{ version_keys("customer", "responses.customer_id") }},
            {{ version_keys("product", "responses.product_id") }},
            {{ version_keys("team", "responses.team_id") }},
            {{ member_key("responses.work_item_id", "deliverables.deliverable_key") }} as deliverable_key,
            responses.is_counted,
            responses.normalised_score,
            responses.nps_class,
            responses.is_satisfied,
            responses.is_easy,
            responses.is_approval,
            responses.source_file,
            responses.source_record
        from responses
        left join questions on responses.question_id = questions.question_id
        left join
            deliverables on responses.work_item_id = deliverables.deliverable_id
            {{ join_versions("customer", "customer_versions", "responses.customer_id", "responses.responded_at") }}
            {{ join_versions("product", "product_versions", "responses.product_id", "responses.responded_at") }}
            {{ join_versions("team", "team_versions", "responses.team_id", "responses.responded_at") }}
    )

select *
from responses_with_keys
