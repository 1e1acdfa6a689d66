-- Cost of work, split over the outcome key results that it serves, for each whole score gained. Shares and allocation
-- come from the build's facts; tests check that they add up to 1 and to the ledger's total.
with
    scores as (
        select key_result_id, objective, (arg_max({score:score}, day)).score as score
        from feed.key_result_points
        group by all
    ),

    -- a key result's work of one initiative together; without a cost its gain has no price
    costed as (
        select
            links.key_result_id,
            initiative,
            objective,
            sum(cost * cost_share::double) as cost,
            sum(benefit_share::double * score) as gain
        from core.bridge_deliverable_key_result as links
        inner join feed.deliverable_values as judged on judged.deliverable_id = links.deliverable_id
        inner join scores on scores.key_result_id = links.key_result_id
        where links.is_outcome and is_costed and score is not null
        group by all
        having sum(cost * cost_share::double) > 0
    ),

    served as (
        select
            key_result_id,
            cost,
            gain,
            unnest(['total', 'initiative', 'objective']) as dimension_name,
            unnest(['total', initiative, objective]) as member_id
        from costed
    )
select
    'all' as grain,
    null::date as period_start,
    dimension_name,
    member_id,
    case when sum(gain) > 0 then sum(cost) / sum(gain) end as value,
    count(distinct key_result_id) as n
from served
group by all
