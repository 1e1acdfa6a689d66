-- The median of days from delivery to the first score that shows value; what reached none counts as infinite.
with
    by_member as (
        select
            day,
            days_to_value,
            unnest(['total', 'team', 'product', 'initiative']) as dimension_name,
            unnest(['total', team, product, initiative]) as member_id
        from feed.deliverable_values
        where is_timed
    ),

    medians as (
        select
            grain,
            period_start,
            dimension_name,
            member_id,
            quantile_cont(days_to_value, 0.5) as days,
            count(days_to_value) as n
        from by_member
        inner join feed.days as days using (day)
        group by all
    )
select grain, period_start, dimension_name, member_id, case when isfinite(days) then days end as value, n
from medians
