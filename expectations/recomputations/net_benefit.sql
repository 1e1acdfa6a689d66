-- Benefit - cost since inception, of the initiatives with an actual hard benefit by now.
with
    -- cost is where it was allocated: from the build's facts, whose totals are checked against the ledger
    costs as (
        select initiatives.initiative_id, sum(parts.allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        group by all
    ),

    returns as (
        select initiative as initiative_id, count(distinct initiative) as initiatives, sum(reporting_amount) as benefit
        from feed.benefit_amounts
        where benefit_type = 'hard' and scenario = 'actual'
        group by 1
    ),

    by_member as (
        select
            initiatives,
            benefit,
            coalesce(cost, 0) as cost,
            unnest(['total', 'initiative']) as dimension_name,
            unnest(['total', returns.initiative_id]) as member_id
        from returns
        left join costs on costs.initiative_id = returns.initiative_id
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    (sum(benefit) - sum(cost))::double as value,
    sum(initiatives)::bigint as n
from by_member
group by all
