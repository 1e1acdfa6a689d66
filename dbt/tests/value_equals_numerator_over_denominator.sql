-- Whoever sums numerators and denominators over periods or members must come to the published value: one divided by the
-- other, or of the budget's variance, less the other.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    values_with_factor as (
        select
            *,
            case
                metric_name when 'nps' then 100 when 'tickets_per_100_active' then 100 when 'throughput' then 7 else 1
            end as factor,
            bool_or(numerator is not null) over (partition by metric_name) as is_fraction,
            bool_or(denominator is not null) over (partition by metric_name) as is_ratio
        from {{ ref("fct_metric_values") }}
    )

select metric_name, grain, period_start, dimension_name, member_id, value, numerator, denominator
from values_with_factor
where
    (
        is_fraction
        and value is not null
        and (
            (numerator is null and (value <> 0 or metric_name <> 'throughput'))
            or (is_ratio and (denominator is null or denominator = 0 and metric_name <> 'budget_variance'))
            or abs(
                value - case
                    when metric_name = 'budget_variance'
                    then numerator - denominator
                    else factor * numerator / if(is_ratio, denominator, 1)
                end
            )
            > 1e-9 * greatest(1, abs(value))
        )
    )
    -- a sum is its own numerator, so that one can't be there without the other
    or (
        metric_name in (
            'benefit_actual',
            'benefit_actual_soft',
            'benefit_planned',
            'benefit_without_cost',
            'budget',
            'cost',
            'delivered',
            'net_benefit',
            'no_value_cost',
            'npv',
            'revenue',
            'unbudgeted_cost',
            'unlinked_cost'
        )
        and (numerator is null) <> (value is null)
    )
    -- nothing of something is 0 of it, and something of nothing is shown as such
    or (is_ratio and metric_name <> 'throughput' and (numerator is null) <> (denominator is null))
