-- the export writes a scale as 0-10, and as 10-0 where less is better
with
    answers as (select * from raw.survey_answers),

    ends as (
        select
            *,
            split_part(scale, '-', 1)::decimal(28, 10) as first_end,
            split_part(scale, '-', 2)::decimal(28, 10) as last_end
        from answers
    ),

    named as (
        select
            response_id,
            question as question_id,
            survey as survey_type,
            question <> 'nps-reason' as is_score_question,
            answer as score,
            least(first_end, last_end) as scale_min,
            greatest(first_end, last_end) as scale_max,
            first_end < last_end as higher_is_better,
            answered_by as respondent_id,
            customer as customer_id,
            product as product_id,
            team as team_id,
            answered_at as responded_at,
            _file,
            _record
        from ends
    )

select *
from named
