with
    cash_flows as (select * from {{ ref("msr_cash_flows") }}),

    returns as (select * from {{ ref("msr_returns") }}),

    returning_flows as (
        select
            cash_flows.initiative_key,
            cash_flows.month_start_date,
            coalesce(cash_flows.benefit, 0) - coalesce(cash_flows.cost, 0) as flow,
            coalesce(cash_flows.cost, 0) as cost
        from cash_flows
        inner join returns on cash_flows.initiative_key = returns.initiative_key
        where returns.has_return
    ),

    net_flow_per_month as (
        select initiative_key, month_start_date, flow, cost
        from returning_flows
        union all
        select cast(0 as bigint) as initiative_key, month_start_date, sum(flow) as flow, sum(cost) as cost
        from returning_flows
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
            max(month_start_date) filter (balance < 0) as last_owing_month
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
    ),

    judged_initiatives as (
        select initiative_key, last_month, has_return, rows_unrated
        from returns
        union all
        select cast(0 as bigint) as initiative_key, last_month, has_return, rows_unrated
        from returns
    ),

    judged_members as (
        select
            initiative_key,
            max(last_month) as last_month,
            count(*) filter (has_return) as initiatives,
            sum(if(has_return, rows_unrated, 1)) as left_out
        from judged_initiatives
        group by initiative_key
    )

select
    judged_members.initiative_key,
    case when judged_members.initiative_key = 0 then 'total' else 'initiative' end as level,
    {{ dbt.datediff("repaid_initiatives.first_cost_month", "repaid_initiatives.repaid_month", "month") }}
    as payback_months,
    judged_members.initiatives,
    judged_members.left_out,
    judged_members.last_month
from judged_members
left join repaid_initiatives on judged_members.initiative_key = repaid_initiatives.initiative_key
