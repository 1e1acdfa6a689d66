{%- set metrics = [
    "nps",
    "csat",
    "ces",
    "mau",
    "tickets_per_100_active",
    "first_response_hours_p50",
    "resolution_hours_p85",
] -%}
with
    metric_values as (
        select *
        from {{ ref("fct_metric_values") }}
        where
            grain = 'month'
            and metric_name in ('{{ metrics | join("', '") }}')
            and dimension_name in ('total', 'product')
    ),

    months as (
        select
            {{ surrogate_key(["dimension_name", "member_key", "period_start"]) }} as customer_pulse_key,
            dimension_name,
            case when dimension_name = 'product' then member_key else -2 end as product_key,
            case when dimension_name = 'product' then member_id end as product_id,
            member_name as product_name,
            period_start as month_start_date,
            bool_or(is_partial) as is_partial,
            {{ pivoted_metrics(metrics, with_interval=["nps", "csat", "ces"]) }}
        from metric_values
        group by dimension_name, member_key, member_id, member_name, period_start
    )

select *
from months
