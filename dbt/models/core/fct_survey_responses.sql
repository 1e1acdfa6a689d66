with
    responses as (select * from {{ ref("stg_survey_responses") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    customer_versions as (select * from {{ ref("dim_customer") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    team_versions as (select * from {{ ref("dim_team") }}),

    counted as (select * from {{ ref("int_survey_answers") }}),

    deliverables as (
        select deliverable_key, deliverable_id from {{ ref("dim_deliverable") }} where deliverable_key > 0
    ),

    questions as (select question_key, question_id from {{ ref("dim_survey_question") }} where question_key > 0),

    -- answers of colleagues are published in cells that hide the person alone: fct_employee_survey_cells
    publishable as (select * from responses where survey_type not in ('enps', 'team_health')),

    keyed as (
        select
            {{ surrogate_key(["publishable.response_id", "publishable.question_id"]) }} as survey_response_key,
            publishable.response_id,
            publishable.question_id,
            {{ member_key("publishable.question_id", "questions.question_key") }} as question_key,
            publishable.survey_type,
            publishable.is_score_question,
            publishable.score,
            publishable.scale_min,
            publishable.scale_max,
            publishable.higher_is_better,
            publishable.responded_at,
            {{ local_date("publishable.responded_at", "settings.time_zone") }} as responded_date,
            {{ version_keys("customer", "publishable.customer_id") }},
            {{ version_keys("product", "publishable.product_id") }},
            {{ version_keys("team", "publishable.team_id") }},
            {{ member_key("publishable.work_item_id", "deliverables.deliverable_key") }} as deliverable_key,
            counted.survey_response_key is not null as is_counted,
            publishable.source_file,
            publishable.source_record
        from publishable
        cross join settings
        left join
            counted on publishable.response_id = counted.response_id and publishable.question_id = counted.question_id
        left join questions on publishable.question_id = questions.question_id
        left join
            deliverables on publishable.work_item_id = deliverables.deliverable_id
            {{ join_versions("customer", "customer_versions", "publishable.customer_id", "publishable.responded_at") }}
            {{ join_versions("product", "product_versions", "publishable.product_id", "publishable.responded_at") }}
            {{ join_versions("team", "team_versions", "publishable.team_id", "publishable.responded_at") }}
    )

select *
from keyed
