-- Of the cost of the period's months, but run: the share of deliverables that are linked to an outcome key result.
with
    allocations as (
        select
            costs.month as day,
            costs.initiative,
            costs.team,
            costs.product,
            costs.deliverable_id,
            coalesce(is_aligned, false) as is_aligned,
            sum(reporting_amount) as cost
        from feed.allocated_costs as costs
        left join feed.deliverable_values as judged on judged.deliverable_id = costs.deliverable_id
        where not coalesce(is_run, false)
        group by all
    ),

    by_member as (
        select
            day,
            cost,
            is_aligned,
            deliverable_id,
            unnest(['total', 'team', 'product', 'initiative']) as dimension_name,
            unnest(['total', team, product, initiative]) as member_id
        from allocations
    )
select
    grain,
    period_start,
    dimension_name,
    member_id,
    case when sum(cost) > 0 then coalesce(sum(cost) filter (is_aligned), 0)::double / sum(cost)::double end as value,
    count(distinct deliverable_id) as n
from by_member
inner join feed.days as days using (day)
group by all
