-- 100 x (promoters - detractors) / answers on a scale of 0 to 10; n counts people, not answers.
with
    scored as (
        select *
        from feed.answers
        where survey_type = 'nps' and scale_min = 0 and scale_max = 10 and points = floor(points)
    ),

    by_member as (
        select
            *,
            unnest(['total', 'product', 'team', 'customer_segment']) as dimension_name,
            unnest(['total', product, team, customer_segment]) as member_id
        from scored
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    100 * (count(*) filter (points >= 9) - count(*) filter (points <= 6)) / count(*) as value,
    count(distinct respondent_id) + count(distinct response_id) filter (respondent_id is null) as n
from by_member
inner join feed.days as days using (day)
group by all
