-- Satisfied answers (4 and 5 of five, 3 of three) among all satisfaction answers; n counts people, not answers.
with
    scored as (
        select *
        from feed.answers
        where survey_type = 'csat' and scale_min = 1 and scale_max in (3, 5) and points = floor(points)
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
    count(*) filter (scale_max - points < case scale_max when 5 then 2 else 1 end) / count(*) as value,
    count(distinct respondent_id) + count(distinct response_id) filter (respondent_id is null) as n
from by_member
inner join feed.days as days using (day)
group by all
