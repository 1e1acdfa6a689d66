-- The mean score of the key results that ran in the period, each on its last day in it.
with
    by_member as (
        select
            *, unnest(['total', 'team', 'objective']) as dimension_name, unnest(['total', team, objective]) as member_id
        from feed.key_result_points
    ),

    last_of_period as (
        select *
        from by_member
        inner join feed.days as days using (day)
        qualify
            row_number() over (partition by grain, period_start, dimension_name, key_result_id order by day desc) = 1
    )
select grain, period_start, dimension_name, member_id, avg(score) as value, count(score) as n
from last_of_period
group by all
