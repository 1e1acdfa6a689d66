-- The total of a metric has rows from the first period in which something was counted, and at least for the present
-- one.
-- A period that its feeds don't cover shows nothing of what was counted.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    series as (
        select
            *,
            min(period_start) over (partition by metric_name, grain) as first_period_start,
            max(period_start) over (partition by grain) as last_period_start
        from {{ ref("fct_metric_values") }}
        where dimension_name = 'total' and period_start is not null
    )

select series.metric_name, series.grain, series.period_start, series.value, series.n, series.n_excluded
from series
semi join
    {{ ref("int_metric_coverage") }} as coverage
    on series.metric_name = coverage.metric_name
    and series.grain = coverage.grain
    and series.period_start = coverage.period_start
where
    series.period_start = series.first_period_start
    and series.period_start < series.last_period_start
    and series.value is null
    and series.n = 0
    and series.n_excluded = 0
    and series.numerator is null
    and series.denominator is null
