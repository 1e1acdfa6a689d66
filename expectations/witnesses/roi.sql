-- (Benefit - cost) / cost since inception, of the initiatives with an actual hard benefit by now.
with
    -- a cost lies where it was allocated: that needs the build's own facts, which conserve the ledger's total
    costs as (
        select initiative_id, sum(allocated_reporting_amount) as cost
        from core.fct_cost_allocations as parts
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        group by all
    ),

    returns as (
        select
            benefits.initiative as initiative_id,
            count(distinct benefits.initiative_id) as initiatives,
            sum(round(amount * rate, 4)) as benefit
        from feed.benefits as benefits
        cross join feed.settings
        left join
            feed.rates as rates
            on rates.currency = benefits.currency
            and least(last_day(month), as_of_date) between first_day and rates.last_day
        where benefit_type = 'hard' and scenario = 'actual' and month <= as_of_date
        group by all
    ),

    by_member as (
        select
            initiatives,
            benefit,
            coalesce(cost, 0) as cost,
            unnest(['total', 'initiative']) as dimension_name,
            unnest(['total', initiative_id]) as member_id
        from returns
        left join costs using (initiative_id)
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    case when sum(cost) > 0 then (sum(benefit) - sum(cost))::double / sum(cost)::double end as value,
    sum(initiatives)::bigint as n
from by_member
group by all
