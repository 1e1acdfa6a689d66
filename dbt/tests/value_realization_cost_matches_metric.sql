-- An initiative's cost is shown beside its value and as a metric: two figures for one thing would end all trust.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    initiative_costs as (select * from {{ ref("value_realization") }} where level = 'initiative'),

    metric_costs as (
        select member_key, value
        from {{ ref("fct_metric_values") }}
        where metric_name = 'cost' and grain = 'all' and dimension_name = 'initiative' and value is not null
    ),

    differences as (
        select initiative_costs.entity_id, initiative_costs.cost_reporting_amount, metric_costs.value
        from initiative_costs
        left join metric_costs on initiative_costs.entity_key = metric_costs.member_key
        where abs(coalesce(initiative_costs.cost_reporting_amount, 0) - coalesce(metric_costs.value, 0)) > 0.0001
    )

select *
from differences
