-- Don't knows among the answers of customers, where the question was ever answered with don't know.
with
    known_to_offer as (
        select distinct survey_type, question_id
        from feed.survey_responses
        cross join stage.landing.settings
        where is_score_question and is_dont_know and responded_at <= as_of_at
    ),

    by_member as (
        select *, unnest(['total', 'product']) as dimension_name, unnest(['total', product]) as member_id
        from feed.answers
        semi join known_to_offer using (survey_type, question_id)
        where survey_type in ('nps', 'csat', 'ces', 'approval')
    )
select
    grain, period_start, dimension_name, member_id, count(*) filter (score is null) / count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
