-- Answers of 5 to 7 among all effort answers; n counts people, not answers.
with
    scored as (
        select *
        from feed.answers
        where survey_type = 'ces' and scale_min = 1 and scale_max = 7 and points = floor(points)
    ),

    by_member as (
        select
            *,
            unnest(['total', 'product', 'customer_segment']) as dimension_name,
            unnest(['total', product, customer_segment]) as member_id
        from scored
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    count(*) filter (points >= 5) / count(*) as value,
    count(distinct respondent_id) + count(distinct response_id) filter (respondent_id is null) as n
from by_member
inner join feed.days as days using (day)
group by all
