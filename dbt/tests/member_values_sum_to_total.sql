-- A member that is dropped would go unseen: the total is the sum of all members, the special ones included.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    additive_values as (
        select * from {{ ref("fct_metric_values") }} where metric_name in ('delivered', 'cost', 'revenue')
    ),

    totals as (select * from additive_values where dimension_name = 'total'),

    dimensions as (
        select distinct metric_name, grain, dimension_name from additive_values where dimension_name <> 'total'
    ),

    sums_over_members as (
        select metric_name, grain, period_start, dimension_name, sum(value) as value
        from additive_values
        where dimension_name <> 'total'
        group by metric_name, grain, period_start, dimension_name
    ),

    differences as (
        select
            totals.metric_name,
            totals.grain,
            totals.period_start,
            dimensions.dimension_name,
            totals.value,
            sums_over_members.value as value_of_members
        from totals
        inner join dimensions on totals.metric_name = dimensions.metric_name and totals.grain = dimensions.grain
        left join
            sums_over_members
            on totals.metric_name = sums_over_members.metric_name
            and totals.grain = sums_over_members.grain
            and totals.period_start is not distinct from sums_over_members.period_start
            and dimensions.dimension_name = sums_over_members.dimension_name
        where
            abs(coalesce(totals.value, 0) - coalesce(sums_over_members.value, 0))
            > 1e-9 * greatest(1, abs(coalesce(totals.value, 0)))
    )

select *
from differences
