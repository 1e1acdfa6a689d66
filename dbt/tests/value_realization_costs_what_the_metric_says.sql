-- An initiative's cost is told twice, beside its value and as a metric: two figures for one thing would end all trust.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

with
    shown as (select * from {{ ref("value_realization") }} where level = 'initiative'),

    measured as (
        select member_key, value
        from {{ ref("fct_metric_values") }}
        where metric_name = 'cost' and grain = 'all' and dimension_name = 'initiative' and value is not null
    ),

    disagreeing as (
        select shown.entity_id, shown.cost_reporting_amount, measured.value
        from shown
        left join measured on shown.entity_key = measured.member_key
        where abs(coalesce(shown.cost_reporting_amount, 0) - coalesce(measured.value, 0)) > 0.0001
    )

select *
from disagreeing
