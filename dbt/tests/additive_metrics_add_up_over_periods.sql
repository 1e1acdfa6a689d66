-- A year is the sum of its months: a period that drops, repeats or moves a row shows here. (A month for which no feed
-- speaks
-- has rows but no value; a longer period around it can't be the sum, though its number of rows still is.)
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    additive as (
        select *
        from {{ ref("fct_metric_values") }}
        where metric_name in ('delivered', 'cost', 'revenue') and dimension_name <> 'initiative'
    ),

    months as (select * from additive where grain = 'month'),

    longer as (select * from additive where grain <> 'month'),

    compared as (
        select
            longer.metric_name,
            longer.grain,
            longer.period_start,
            longer.dimension_name,
            longer.member_id,
            coalesce(any_value(longer.value), 0) as value,
            any_value(longer.n) as n,
            any_value(longer.n_excluded) as n_excluded,
            coalesce(sum(months.value), 0) as value_of_months,
            coalesce(sum(months.n), 0) as n_of_months,
            coalesce(sum(months.n_excluded), 0) as n_excluded_of_months,
            coalesce(bool_or(months.value is null and months.n > 0), false) as has_silent_month
        from longer
        left join
            months
            on longer.metric_name = months.metric_name
            and longer.dimension_name = months.dimension_name
            and longer.member_key = months.member_key
            and (
                longer.grain = 'all'
                or (months.period_start >= longer.period_start and months.period_start < longer.period_end)
            )
        group by longer.metric_name, longer.grain, longer.period_start, longer.dimension_name, longer.member_id
    ),

    disagreeing as (
        select *
        from compared
        where
            n <> n_of_months
            or n_excluded <> n_excluded_of_months
            or (not has_silent_month and abs(value - value_of_months) > 1e-9 * greatest(1, abs(value)))
    )

select *
from disagreeing
