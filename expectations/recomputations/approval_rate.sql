-- Approvals among approvals and rejections.
with
    votes as (
        select *
        from feed.answers
        where survey_type = 'approval' and scale_min = 0 and scale_max = 1 and points in (0, 1)
    ),

    by_member as (
        select *, unnest(['total', 'product']) as dimension_name, unnest(['total', product]) as member_id from votes
    )
select grain, period_start, dimension_name, member_id, count(*) filter (points = 1) / count(*) as value, count(*) as n
from by_member
inner join feed.days as days using (day)
group by all
