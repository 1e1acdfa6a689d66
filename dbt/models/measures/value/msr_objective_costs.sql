-- one row per deliverable and objective: the deliverable's cost, split by cost share to the last place
with
    costs as (
        select deliverable_key, sum(allocated_reporting_amount) as cost_reporting_amount
        from {{ ref("fct_cost_allocations") }}
        where deliverable_key > 0
        group by deliverable_key
    ),

    shares as (select * from {{ ref("msr_deliverable_objectives") }}),

    weighted_shares as (
        select
            shares.deliverable_key,
            shares.objective_key,
            shares.is_main,
            costs.cost_reporting_amount,
            cast(abs(costs.cost_reporting_amount) * 10000 as hugeint) as units,
            cast(
                cast(shares.cost_share as decimal(25, 12)) * cast(1000000000000 as decimal(13, 0)) as hugeint
            ) as weight
        from shares
        left join costs on shares.deliverable_key = costs.deliverable_key
    ),

    whole_shares as (
        select
            *,
            {{ whole_share("units", "weight", "1000000000000") }} as whole_units,
            {{ share_remainder("units", "weight", "1000000000000") }} as left_over
        from weighted_shares
    ),

    ranked_remainders as (
        select
            *,
            row_number() over (
                partition by deliverable_key order by left_over desc, weight desc, objective_key
            ) as deal_rank,
            units - sum(whole_units) over (partition by deliverable_key) as units_left
        from whole_shares
    ),

    objective_costs as (
        select
            deliverable_key,
            objective_key,
            is_main,
            cast(
                sign(cost_reporting_amount)
                * cast(whole_units + case when deal_rank <= units_left then 1 else 0 end as decimal(28, 0))
                * cast(0.0001 as decimal(4, 4)) as decimal(28, 4)
            ) as cost_reporting_amount
        from ranked_remainders
    )

select *
from objective_costs
