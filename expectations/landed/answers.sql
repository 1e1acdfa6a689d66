-- one row an answer that counts: of a respondent, question, product and month the latest; the nameless all count
select *, case when higher_is_better then score else scale_min + scale_max - score end as points
from
    (
        select answers.*, ((responded_at at time zone 'UTC') at time zone time_zone)::date as day
        from feed.survey_responses as answers
        cross join feed.settings
        where is_score_question and responded_at <= as_of_at
    )
qualify
    respondent_id is null
    or row_number() over (
        partition by survey_type, respondent_id, question_id, product_id, date_trunc('month', day)
        order by responded_at desc, response_id desc
    )
    = 1
