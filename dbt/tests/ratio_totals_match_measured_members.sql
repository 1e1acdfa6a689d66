-- A total that counts what its members can't measure would be a figure that no member supports: it is the ratio of
-- the sums over the members that are measured.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    ratios as (
        select
            *,
            -- both sides of these are measured, only their ratio isn't defined: a whole of 0 or less has no shares, a
            -- gain of 0 no price, but leaving them out would admit only what went well
            metric_name in ('aligned_cost_share', 'cost_per_outcome', 'unallocated_cost_share') as is_part_of_whole
        from {{ ref("fct_metric_values") }}
        where
            metric_name in (select metric_name from {{ ref("fct_metric_values") }} where denominator is not null)
            -- people who use two products count once in the total; small cells of colleagues are not shown
            and metric_name not in (
                'budget_variance', 'dau', 'enps', 'retention_w4', 'stickiness', 'team_health', 'tickets_per_100_active'
            )
            -- a goal may serve several objectives, and work several goals
            and dimension_name not in ('objective', 'pilot_side')
    ),

    members as (
        select
            metric_name,
            grain,
            period_start,
            dimension_name,
            sum(numerator) filter (value is not null or is_part_of_whole) as numerator,
            sum(denominator) filter (value is not null or is_part_of_whole) as denominator
        from ratios
        where dimension_name <> 'total'
        group by metric_name, grain, period_start, dimension_name
    )

select
    totals.metric_name,
    totals.grain,
    totals.period_start,
    members.dimension_name,
    totals.value,
    members.numerator / members.denominator as value_of_members
from ratios as totals
inner join
    members
    on totals.metric_name = members.metric_name
    and totals.grain = members.grain
    and totals.period_start is not distinct from members.period_start
where
    totals.dimension_name = 'total'
    and (
        abs(coalesce(totals.numerator, 0) - coalesce(members.numerator, 0))
        > 1e-9 * greatest(1, abs(coalesce(totals.numerator, 0)))
        or abs(coalesce(totals.denominator, 0) - coalesce(members.denominator, 0))
        > 1e-9 * greatest(1, abs(coalesce(totals.denominator, 0)))
    )
