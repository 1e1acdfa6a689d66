with
    conversations as (
        select
            *,
            conversation_rating ->> '$.rating' as rating,
            row_number() over (partition by id order by _record desc) as nth
        from raw.conversations
    )
select
    getvariable('source') || ':' || id as response_id,
    getvariable('source') || ':rating' as question_id,
    'csat' as survey_type,
    true as is_score_question,
    rating as score,
    1 as scale_min,
    5 as scale_max,
    true as higher_is_better,
    conversation_rating ->> '$.contact.id' as respondent_id,
    to_timestamp(
        coalesce(conversation_rating ->> '$.updated_at', conversation_rating ->> '$.created_at')::bigint
    ) as responded_at,
    nullif(conversation_rating ->> '$.remark', '') as comment,
    case when nth > 1 then 'merged' when rating is null then 'not rated' end as _excluded,
    _file,
    _record
from conversations
