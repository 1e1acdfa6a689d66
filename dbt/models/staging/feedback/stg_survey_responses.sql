{#- Written by `outcomes staging` from sources/contracts/feedback.yml: edit that file, then run it again. -#}
with
    current_rows as ({{ current_rows("survey_responses", ["response_id", "question_id"]) }}),

    renamed as (
        select
            -- ids
            response_id,
            question_id,
            respondent_id,
            customer_id,
            product_id,
            team_id,
            work_item_id,
            -- text
            survey_type,
            topic,
            comment,
            -- numbers
            score,
            scale_min,
            scale_max,
            -- flags
            is_score_question,
            is_dont_know,
            higher_is_better,
            -- times
            responded_at,
            -- lineage
            _file as source_file,
            _record as source_record,
            source as source_name,
            observed_at
        from current_rows
    )

select *
from renamed
