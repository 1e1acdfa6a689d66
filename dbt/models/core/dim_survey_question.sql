with
    responses as (select * from {{ ref("stg_survey_responses") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dated as (
        select
            responses.*,
            {{ local_date("responses.responded_at", "settings.time_zone") }} as responded_date,
            responses.responded_at <= settings.as_of_at as is_past,
            {{ surrogate_key(["responses.scale_min", "responses.scale_max", "responses.higher_is_better"]) }} as scale
        from responses
        cross join settings
        where lower(responses.question_id) <> 'unknown'
    ),

    -- a question asked only after now exists too, for its answers are published
    ranked as (
        select
            *,
            row_number() over (
                partition by question_id order by is_past desc, responded_at desc, response_id desc
            ) as recency
        from dated
    ),

    latest as (select * from ranked where recency = 1),

    asked as (
        select
            dated.question_id,
            min(dated.responded_date) filter (dated.is_past) as first_asked_date,
            max(dated.responded_date) filter (dated.is_past) as last_asked_date,
            count(distinct dated.scale) filter (dated.is_past) as scales_used,
            min(dated.responded_date) filter (dated.is_past and dated.scale = latest.scale) as scale_first_asked_date
        from dated
        inner join latest on dated.question_id = latest.question_id
        group by dated.question_id
    ),

    keyed as (
        select
            {{ surrogate_key(["latest.question_id"]) }} as question_key,
            latest.question_id,
            latest.survey_type,
            latest.is_score_question,
            latest.scale_min,
            latest.scale_max,
            latest.higher_is_better,
            asked.scales_used > 1 as has_scale_changed,
            asked.scales_used,
            asked.scale_first_asked_date,
            asked.first_asked_date,
            asked.last_asked_date
        from latest
        inner join asked on latest.question_id = asked.question_id
    ),

    members as (
        select member_key as question_key, member_id as question_id, false as has_scale_changed, 0 as scales_used
        from ({{ special_members() }})
    ),

    all_members as (
        select *
        from keyed
        union all by name
        select *
        from members
    )

select *
from all_members
