-- one row per initiative with an actual hard benefit, and one for all of them together (key 0): the months from the
-- first
-- cost to the month from which its cumulative benefit has covered its cost ever since; NULL where it doesn't now
with
    flows as (select * from {{ ref("msr_cash_flows") }} where is_benefiting),

    monthly as (
        select initiative_key, month_start_date, actual_benefit - cost as flow, cost
        from flows
        union all
        select
            cast(0 as bigint) as initiative_key,
            month_start_date,
            sum(actual_benefit) - sum(cost) as flow,
            sum(cost) as cost
        from flows
        group by month_start_date
    ),

    cumulated as (
        select
            initiative_key,
            month_start_date,
            cost,
            sum(flow) over (partition by initiative_key order by month_start_date) as balance
        from monthly
    ),

    spans as (
        select
            initiative_key,
            min(month_start_date) filter (cost > 0) as first_cost_month,
            max(month_start_date) filter (balance < 0) as last_owing_month,
            max(month_start_date) as last_month
        from cumulated
        group by initiative_key
    ),

    repaid as (
        select cumulated.initiative_key, spans.first_cost_month, min(cumulated.month_start_date) as repaid_month
        from cumulated
        inner join spans on cumulated.initiative_key = spans.initiative_key
        where
            cumulated.month_start_date >= spans.first_cost_month
            and cumulated.month_start_date > coalesce(spans.last_owing_month, cast('1900-01-01' as date))
        group by cumulated.initiative_key, spans.first_cost_month
    )

select
    spans.initiative_key,
    case when spans.initiative_key = 0 then 'total' else 'initiative' end as level,
    {{ dbt.datediff("repaid.first_cost_month", "repaid.repaid_month", "month") }} as payback_months,
    case
        when spans.initiative_key = 0 then (select count(distinct initiative_key) from flows) else 1
    end as initiatives,
    spans.last_month
from spans
left join repaid on spans.initiative_key = repaid.initiative_key
