{#-
    One column per figure of a metric, out of rows of `metrics.fct_metric_values` (one row per metric): the value under
    the metric's name, its `n` and `status`, and for those of `with_interval` its bounds. Nothing is computed here.
-#}
{% macro pivoted_metrics(metrics, with_interval=[]) -%}
    {%- for metric in metrics %}
        {%- set row = "filter (metric_name = '" ~ metric ~ "')" %}
        any_value(value) {{ row }} as {{ metric }},
        {%- if metric in with_interval %}
            any_value(lower) {{ row }} as {{ metric }}_lower, any_value(upper) {{ row }} as {{ metric }}_upper,
        {%- endif %}
        coalesce(any_value(n) {{ row }}, 0) as {{ metric }}_n,
        coalesce(any_value(status) {{ row }}, 'not_measured') as {{ metric }}_status
        {{- "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}
