-- Qualtrics, CSV with numeric values; layout from general knowledge, not tested against the tool. The two lines below
-- the names are no responses.
select
    "ResponseId" as response_id,
    'nps' as question_id,
    'nps' as survey_type,
    true as is_score_question,
    "Q1_NPS" as score,  -- check: the column of the question
    0 as scale_min,
    10 as scale_max,
    true as higher_is_better,
    coalesce("ExternalReference", "RecipientEmail") as respondent_id,
    "RecordedDate" as responded_at,
    "Q2" as comment,  -- check: the column of its comment
    case
        when _record <= 2
        then 'header'
        when lower("Finished") not in ('1', 'true')
        then 'not finished'
        when "Status" in ('1', 'Survey Preview')
        then 'preview'
        when "Q1_NPS" is null and "Q2" is null
        then 'no answer'
    end as _excluded,
    _file,
    _record
from raw.qualtrics
