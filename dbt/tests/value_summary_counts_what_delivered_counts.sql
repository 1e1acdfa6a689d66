-- The answer counts deliverables by what became of them: together they are those that the metric counts.
{{ config(tags=["after_outcome_metrics"], meta={"dagster": {"ref": {"name": "value_summary"}}}) }}

with
    summed as (
        select grain, period_start_date, dimension_name, member_key, sum(deliverables) as deliverables
        from {{ ref("value_summary") }}
        where value_status not in ('not delivered', 'unallocated')
        group by all
    ),

    delivered as (
        select grain, period_start, dimension_name, member_key, value
        from {{ ref("fct_metric_values") }}
        where
            metric_name = 'delivered'
            and dimension_name in ('total', 'team', 'product', 'initiative')
            and value is not null
    ),

    disagreeing as (
        select delivered.*, summed.deliverables
        from delivered
        left join
            summed
            on delivered.grain = summed.grain
            and delivered.period_start is not distinct from summed.period_start_date
            and delivered.dimension_name = summed.dimension_name
            and delivered.member_key = summed.member_key
        where delivered.value <> coalesce(summed.deliverables, 0)
    )

select *
from disagreeing
