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
            cast(costs.cost_reporting_amount * 10000 as hugeint) as units,
            cast(
                cast(shares.cost_share as decimal(25, 12)) * cast(1000000000000 as decimal(13, 0)) as hugeint
            ) as weight
        from shares
        left join costs on shares.deliverable_key = costs.deliverable_key
    ),

    objective_costs as (
        select
            deliverable_key,
            objective_key,
            is_main,
            {{
                units_as_amount(
                    allocated_units(
                        "units",
                        "weight",
                        "1000000000000",
                        within="deliverable_key",
                        tie_break="weight desc, objective_key",
                    )
                )
            }} as cost_reporting_amount
        from weighted_shares
    )

select *
from objective_costs
