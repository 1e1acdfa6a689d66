-- What an initiative's row says of four metrics is what the metrics say of it, with the same status.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_realization"}}}) }}

{%- set metrics = ["roi", "roi_planned", "benefit_realisation_rate", "on_time_rate"] %}

with
    shown_values as (
        {% for metric in metrics %}
            select entity_key, '{{ metric }}' as metric_name, {{ metric }} as value, {{ metric }}_status as status
            from {{ ref("value_realization") }}
            where level = 'initiative' {{ "union all" if not loop.last }}
        {% endfor %}
    ),

    metric_values as (
        select member_key, metric_name, value, status
        from {{ ref("fct_metric_values") }}
        where grain = 'all' and dimension_name = 'initiative'
    )

select shown_values.*, metric_values.value as metric_value, metric_values.status as metric_status
from shown_values
left join
    metric_values
    on shown_values.entity_key = metric_values.member_key
    and shown_values.metric_name = metric_values.metric_name
where
    shown_values.value is distinct from metric_values.value
    or shown_values.status is distinct from coalesce(metric_values.status, 'not_measured')
