with
    questions as (
        select {{ surrogate_key(["question_id"]) }} as question_key, * from {{ ref("int_survey_questions") }}
    ),

    special_members as (
        select member_key as question_key, member_id as question_id, false as has_scale_changed, 0 as scales_used
        from ({{ special_members() }})
    ),

    all_members as (
        select *
        from questions
        union all by name
        select *
        from special_members
    )

select *
from all_members
