-- The page's answer counts deliverables by value status: in total they are those that the metric delivered counts.
{{ config(tags=["after_outcome_metrics"], meta={"dagster": {"ref": {"name": "value_summary"}}}) }}

with
    summary_totals as (
        select grain, period_start_date, dimension_name, member_key, sum(deliverables) as deliverables
        from {{ ref("value_summary") }}
        where value_status not in ('not_delivered', 'unallocated')
        group by all
    ),

    delivered_values as (
        select grain, period_start, dimension_name, member_key, value
        from {{ ref("fct_metric_values") }}
        where
            metric_name = 'delivered'
            and dimension_name in ('total', 'team', 'product', 'initiative')
            and value is not null
    ),

    differences as (
        select delivered_values.*, summary_totals.deliverables
        from delivered_values
        left join
            summary_totals
            on delivered_values.grain = summary_totals.grain
            and delivered_values.period_start is not distinct from summary_totals.period_start_date
            and delivered_values.dimension_name = summary_totals.dimension_name
            and delivered_values.member_key = summary_totals.member_key
        where delivered_values.value <> coalesce(summary_totals.deliverables, 0)
    )

select *
from differences
