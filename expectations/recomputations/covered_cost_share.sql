-- Of all cost the part of the initiatives in the return: with a known actual hard benefit and a cost above 0.
with covered as (select sum(cost) as cost from feed.returns where has_return and dimension_name = 'total')
select
    'all' as grain,
    null::date as period_start,
    'total' as dimension_name,
    'total' as member_id,
    case
        when sum(reporting_amount) > 0 then coalesce(any_value(covered.cost), 0)::double / sum(reporting_amount)::double
    end as value,
    count(reporting_amount) as n
from feed.cost_entries
cross join covered
having count(*) > 0
