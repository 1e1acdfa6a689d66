-- Discounted benefit over discounted cost, of the initiatives with an actual hard benefit.
with
    paying as (
        select distinct initiative from feed.benefit_amounts where benefit_type = 'hard' and scenario = 'actual'
    ),

    -- cost is where it was allocated: from the build's facts, whose totals are checked against the ledger
    flows as (
        select initiative, day as month, reporting_amount as benefit, 0 as cost
        from feed.benefit_amounts
        where benefit_type = 'hard' and scenario = 'actual'
        union all
        select
            initiatives.initiative_id as initiative,
            date_trunc('month', ledger.posted_date)::date as month,
            0 as benefit,
            parts.allocated_reporting_amount as cost
        from core.fct_cost_allocations as parts
        inner join core.fct_ledger_entries as ledger using (ledger_entry_key)
        inner join core.dim_initiative as initiatives on initiatives.initiative_key = parts.initiative_key
        where initiatives.initiative_id in (select initiative from paying)
    ),

    discounted as (
        select
            initiative,
            benefit / power(1 + discount_rate::double, months / 12) as benefit,
            cost / power(1 + discount_rate::double, months / 12) as cost,
            unnest(['total', 'initiative']) as dimension_name,
            unnest(['total', initiative]) as member_id
        from
            (
                select
                    *,
                    (year(month) - year(discount_base_date::date)) * 12
                    + month(month)
                    - month(discount_base_date::date) as months
                from flows
                cross join feed.settings
            )
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    case when sum(cost) > 0 then sum(benefit) / sum(cost) end as value,
    count(distinct initiative) as n
from discounted
group by all
