-- Actual hard benefits up to now.
with
    by_member as (
        select *, unnest(['total', 'initiative']) as dimension_name, unnest(['total', initiative]) as member_id
        from feed.benefit_amounts
        where is_past and benefit_type = 'hard' and scenario = 'actual'
    )
select
    grain, period_start, dimension_name, member_id, sum(reporting_amount)::double as value, count(reporting_amount) as n
from by_member
inner join feed.days as days using (day)
group by all
