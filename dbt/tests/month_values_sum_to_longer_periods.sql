-- A period that drops, repeats or moves a row shows here: a longer period is the sum of its months.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    additive_values as (
        select *
        from {{ ref("fct_metric_values") }}
        where metric_name in ('delivered', 'cost', 'revenue') and dimension_name <> 'initiative'
    ),

    months as (select * from additive_values where grain = 'month'),

    long_periods as (select * from additive_values where grain <> 'month'),

    compared_periods as (
        select
            long_periods.metric_name,
            long_periods.grain,
            long_periods.period_start,
            long_periods.dimension_name,
            long_periods.member_id,
            coalesce(any_value(long_periods.value), 0) as value,
            any_value(long_periods.n) as n,
            any_value(long_periods.n_excluded) as n_excluded,
            coalesce(sum(months.value), 0) as value_of_months,
            coalesce(sum(months.n), 0) as n_of_months,
            coalesce(sum(months.n_excluded), 0) as n_excluded_of_months,
            coalesce(bool_or(months.value is null and months.n > 0), false) as has_silent_month
        from long_periods
        left join
            months
            on long_periods.metric_name = months.metric_name
            and long_periods.dimension_name = months.dimension_name
            and long_periods.member_key = months.member_key
            and (
                long_periods.grain = 'all'
                or (months.period_start >= long_periods.period_start and months.period_start < long_periods.period_end)
            )
        group by
            long_periods.metric_name,
            long_periods.grain,
            long_periods.period_start,
            long_periods.dimension_name,
            long_periods.member_id
    ),

    differences as (
        select *
        from compared_periods
        where
            n <> n_of_months
            or n_excluded <> n_excluded_of_months
            or (not has_silent_month and abs(value - value_of_months) > 1e-9 * greatest(1, abs(value)))
    )

select *
from differences
