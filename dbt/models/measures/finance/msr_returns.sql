with
    cash_flows as (select * from {{ ref("msr_cash_flows") }}),

    initiatives_with_cost as (select initiative_key from {{ ref("msr_initiative_costs") }} where has_cost),

    sums_per_initiative as (
        select
            initiative_key,
            max(month_start_date) as last_month,
            sum(benefit) as benefit,
            sum(cost) as cost,
            -- in decimals, whose sums don't depend on the order of the rows
            sum(cast(cast(benefit as double) * discount_factor as decimal(38, 16))) as present_benefit,
            sum(cast(cast(cost as double) * discount_factor as decimal(38, 16))) as present_cost,
            sum(benefits_unrated) as benefits_unrated,
            sum(benefits_unrated + costs_unrated) as rows_unrated
        from cash_flows
        group by initiative_key
    ),

    -- a figure of two sides is that of the initiatives for which both are known; a ratio needs a cost above 0
    returns as (
        select
            sums_per_initiative.*,
            benefit is not null and cost is not null as has_net,
            benefit is not null and initiatives_with_cost.initiative_key is not null as has_return,
            -- without a discount rate nothing is known of the present cost, nor left out for it
            benefit is not null
            and initiatives_with_cost.initiative_key is not null
            and coalesce(present_cost > 0, true) as has_present_return
        from sums_per_initiative
        left join initiatives_with_cost on sums_per_initiative.initiative_key = initiatives_with_cost.initiative_key
    )

select *
from returns
