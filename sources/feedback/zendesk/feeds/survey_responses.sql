with
    ratings as (
        select *, row_number() over (partition by id order by _record desc) as nth from raw.satisfaction_ratings
    )
select
    getvariable('source') || ':' || id as response_id,
    getvariable('source') || ':satisfaction' as question_id,
    'csat' as survey_type,
    true as is_score_question,
    case when starts_with(score, 'good') then 3 when starts_with(score, 'bad') then 1 end as score,
    -- good and bad are the ends of the scale of three, of which the top is satisfied
    1 as scale_min,
    3 as scale_max,
    true as higher_is_better,
    requester_id as respondent_id,
    updated_at as responded_at,
    comment,
    case
        when nth > 1
        then 'merged'
        when not (starts_with(score, 'good') or starts_with(score, 'bad'))
        then 'not answered'
    end as _excluded,
    _file,
    _record
from ratings
