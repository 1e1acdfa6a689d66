-- A p-value must not contradict its interval: it is below 0.05 exactly where the interval of the change excludes 0.
-- It lies between the bounds of a normal tail, x / (x^2 + 1) and 1 / x of its density (Gordon 1941).
{% set density = "2 * exp(-x * x / 2) / sqrt(2 * pi())" %}
with
    compared_values as (
        select
            comparisons.metric_value_key,
            comparisons.p_value,
            comparisons.change as said,
            newer.value - older.value as change,
            sqrt(pow(newer.value - newer.lower, 2) + pow(older.upper - older.value, 2)) as below,
            sqrt(pow(newer.upper - newer.value, 2) + pow(older.value - older.lower, 2)) as above
        from {{ ref("fct_metric_comparisons") }} as comparisons
        inner join {{ ref("fct_metric_values") }} as newer on comparisons.metric_value_key = newer.metric_value_key
        inner join
            {{ ref("fct_metric_values") }} as older
            on newer.metric_name = older.metric_name
            and newer.grain = older.grain
            and newer.dimension_name = older.dimension_name
            and newer.member_key = older.member_key
            and comparisons.compared_period_start = older.period_start
    ),

    changes_in_standard_errors as (
        select
            *,
            change - below > 0 or change + above < 0 as leaves_zero_out,
            -- how many standard errors the change is: an interval of 1 has the length of 1.96
            abs(change) / nullif(case when change >= 0 then below else above end, 0) * 1.959963984540054 as x
        from compared_values
    )

select *
from changes_in_standard_errors
where
    (p_value is null) <> (below is null or above is null)
    or (abs(x - 1.959963984540054) > 1e-5 and leaves_zero_out <> (p_value < 0.05))
    or abs(said - change) > 1e-9 * greatest(1, abs(change))
    or (change = 0 and p_value <> 1)
    or (x > 0 and p_value > {{ density }} / x + 1e-6)
    or (x > 0 and p_value < {{ density }} * x / (x * x + 1) - 1e-6)
