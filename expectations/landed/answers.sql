-- one row per answer that counts, with a score or a don't know: the latest per respondent, question, product and month;
-- all without a respondent
select
    answers.* replace (coalesce(topic, survey_type) as survey_type),
    -- the latest version of the customer, deleted or not
    case
        when answers.customer_id is null
        then '-2'
        when lower(answers.customer_id) = 'unknown'
        then '-1'
        when customers.customer_id is null
        then '-3'
        when segment is null or lower(segment) = 'unknown'
        then '-1'
        else segment
    end as customer_segment,
    case when higher_is_better then score else scale_min + scale_max - score end as points
from
    (
        select answers.*, ((responded_at at time zone 'UTC') at time zone time_zone)::date as day
        from feed.survey_responses as answers
        cross join stage.landing.settings
        where
            (is_score_question or topic is not null)
            and responded_at <= as_of_at
            and (score is not null or is_dont_know)
    ) as answers
left join
    (
        select customer_id, segment
        from feed.customers
        union all
        select customer_id, segment
        from feed.customers_deleted
    ) as customers
    on customers.customer_id = answers.customer_id
qualify
    respondent_id is null
    or row_number() over (
        partition by coalesce(topic, survey_type), respondent_id, question_id, product_id, date_trunc('month', day)
        order by responded_at desc, response_id desc
    )
    = 1
