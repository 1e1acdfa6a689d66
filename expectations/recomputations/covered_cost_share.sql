-- Of all cost the part of initiatives with an actual hard benefit; the allocation comes from the build's facts.
with
    covered as (
        select sum(parts.allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        where
            initiatives.initiative_id
            in (select initiative from feed.benefit_amounts where benefit_type = 'hard' and scenario = 'actual')
    )
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
