-- Two ways to one score: the pulse that people open first and the governed metric must not differ.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "customer_pulse"}}}) }}

with
    metric as (
        select *
        from {{ ref("fct_metric_values") }}
        where metric_name = 'nps' and grain = 'month' and dimension_name in ('total', 'product')
    ),

    pulse as (
        select *, case when dimension_name = 'total' then 0 else product_key end as member_key
        from {{ ref("customer_pulse") }}
    ),

    disagreeing as (
        select
            coalesce(metric.dimension_name, pulse.dimension_name) as dimension_name,
            coalesce(metric.member_key, pulse.member_key) as member_key,
            coalesce(metric.period_start, pulse.month_start_date) as month_start_date,
            metric.value,
            pulse.nps,
            metric.n,
            pulse.nps_respondents
        from metric
        full outer join
            pulse
            on metric.dimension_name = pulse.dimension_name
            and metric.member_key = pulse.member_key
            and metric.period_start = pulse.month_start_date
        where
            (metric.value is null) <> (pulse.nps is null)
            or abs(metric.value - pulse.nps) > 1e-9
            or abs(metric.lower - pulse.nps_lower) > 1e-9
            or abs(metric.upper - pulse.nps_upper) > 1e-9
            or (metric.value is not null and metric.n <> pulse.nps_respondents)
    )

select *
from disagreeing
