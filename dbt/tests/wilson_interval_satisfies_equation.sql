-- A Wilson bound p solves (share - p)^2 = z^2 p (1 - p) / n: each published bound is put back into that equation.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    wilson_values as (
        select
            shown.metric_name as what, shown.numerator / shown.denominator as share, shown.n, shown.lower, shown.upper
        from {{ ref("fct_metric_values") }} as shown
        inner join {{ ref("dim_metric") }} as metrics on shown.metric_name = metrics.metric_name
        where metrics.interval_kind = 'wilson' and shown.value is not null and shown.n > 0
    ),

    bounds as (
        select what, share, n, lower as bound, -1 as side
        from wilson_values
        union all
        select what, share, n, upper as bound, 1 as side
        from wilson_values
    ),

    unexpected_bounds as (
        select shown.metric_name as what, shown.lower as share
        from {{ ref("fct_metric_values") }} as shown
        inner join {{ ref("dim_metric") }} as metrics on shown.metric_name = metrics.metric_name
        where metrics.interval_kind = 'none' and (shown.lower is not null or shown.upper is not null)
    )

select what, share, n, bound
from bounds
where
    bound is null
    or bound not between 0
    and 1
    or (bound - share) * side < -1e-9
    or abs((share - bound) * (share - bound) - 1.959963984540054 * 1.959963984540054 * bound * (1 - bound) / n) > 1e-9
union all
select what, share, null as n, null as bound
from unexpected_bounds
