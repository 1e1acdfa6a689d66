-- the quarter's answers as the survey tool exports them, with what it exported wrongly or twice
with
    counted as (select * from customer_answers),

    of_customers as (
        select *, score as shown_score, response_id as shown_id, responded_at as shown_at, question_id as shown_question
        from counted
        where folder = shown_on() and not (is_corrected and next_folder is not null)
        union all
        -- first with a score that is corrected in the next export
        select
            *,
            case when scale in ('0-10', '10-0') then (score + 3) % 11 else score end,
            response_id,
            responded_at,
            question_id
        from counted
        where folder = shown_on() and is_corrected and next_folder is not null
        union all
        select *, score, response_id, responded_at, question_id
        from counted
        where next_folder = shown_on() and (is_corrected or is_landed_again)
        union all
        -- the question why, which has no part in the score
        select *, 3, response_id, responded_at, 'nps-reason'
        from counted
        where folder = shown_on() and is_asked_why
        union all
        -- the same person on the second day of the month with another score: the later answer counts
        select
            *,
            case when scale in ('0-10', '10-0') then (score + 5) % 11 else score end,
            response_id || '-1',
            utc(month::timestamp + interval 30 hour),
            question_id
        from counted
        where folder = shown_on() and is_answered_twice
    ),

    shaped as (
        select
            shown_id as response_id,
            shown_question as question,
            survey_type as survey,
            case when shown_question = 'nps-reason' then '1-5' else scale end as scale,
            shown_score::decimal(4, 1) as answer,
            respondent_id as answered_by,
            format('CUS-{:05d}', customer_k + 1) as customer,
            product_id as product,
            null::varchar as team,
            shown_at as answered_at
        from of_customers
        union all
        select
            response_id,
            question_id,
            survey_type,
            scale_min || '-' || scale_max,
            score::decimal(4, 1),
            respondent_id,
            null,
            null,
            team_id,
            responded_at
        from team_answers
        where folder = shown_on()
    )

select *
from shaped
order by response_id, question
