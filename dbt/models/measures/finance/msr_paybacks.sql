with
    cash_flows as (select * from {{ ref("msr_cash_flows") }} where is_benefiting),

    net_flow_per_month as (
        select initiative_key, month_start_date, actual_benefit - cost as flow, cost
        from cash_flows
        union all
        select
            cast(0 as bigint) as initiative_key,
            month_start_date,
            sum(actual_benefit) - sum(cost) as flow,
            sum(cost) as cost
        from cash_flows
        group by month_start_date
    ),

    cumulative_flows as (
        select
            initiative_key,
            month_start_date,
            cost,
            sum(flow) over (partition by initiative_key order by month_start_date) as balance
        from net_flow_per_month
    ),

    cost_spans as (
        select
            initiative_key,
            min(month_start_date) filter (cost > 0) as first_cost_month,
            max(month_start_date) filter (balance < 0) as last_owing_month,
            max(month_start_date) as last_month
        from cumulative_flows
        group by initiative_key
    ),

    repaid_initiatives as (
        select
            cumulative_flows.initiative_key,
            cost_spans.first_cost_month,
            min(cumulative_flows.month_start_date) as repaid_month
        from cumulative_flows
        inner join cost_spans on cumulative_flows.initiative_key = cost_spans.initiative_key
        where
            cumulative_flows.month_start_date >= cost_spans.first_cost_month
            and cumulative_flows.month_start_date > coalesce(cost_spans.last_owing_month, cast('1900-01-01' as date))
        group by cumulative_flows.initiative_key, cost_spans.first_cost_month
    )

select
    cost_spans.initiative_key,
    case when cost_spans.initiative_key = 0 then 'total' else 'initiative' end as level,
    {{ dbt.datediff("repaid_initiatives.first_cost_month", "repaid_initiatives.repaid_month", "month") }}
    as payback_months,
    case
        when cost_spans.initiative_key = 0 then (select count(distinct initiative_key) from cash_flows) else 1
    end as initiatives,
    cost_spans.last_month
from cost_spans
left join repaid_initiatives on cost_spans.initiative_key = repaid_initiatives.initiative_key
