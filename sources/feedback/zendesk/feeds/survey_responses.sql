with
    ratings as (
        select *, row_number() over (partition by id order by _record desc) as nth from raw.satisfaction_ratings
    )
select
    getvariable('source') || ':' || id as response_id,
    getvariable('source') || ':satisfaction' as question_id,
    'csat' as survey_type,
    true as is_score_question,
    case when starts_with(score, 'good') then 1 when starts_with(score, 'bad') then 0 end as score,
    0 as scale_min,
    1 as scale_max,
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
