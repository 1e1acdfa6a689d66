-- A member that is dropped would go unseen, and so would the rows left out of its figure: the total is the sum of all
-- members, the special ones included.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    values_by_member as (
        select *
        from {{ ref("fct_metric_values") }}
        where
            -- people who use two products, or answer for two, count once in the total; small cells of colleagues are
            -- not shown
            metric_name
            not in ('dau', 'enps', 'mau', 'retention_w4', 'stickiness', 'team_health', 'tickets_per_100_active', 'wau')
            -- a goal may serve several objectives, and work several goals
            and dimension_name <> 'objective'
    ),

    totals as (select * from values_by_member where dimension_name = 'total'),

    dimensions as (
        select distinct metric_name, grain, dimension_name from values_by_member where dimension_name <> 'total'
    ),

    sums_over_members as (
        select
            metric_name,
            grain,
            period_start,
            dimension_name,
            sum(value) as value,
            sum(n) as n,
            sum(n_excluded) as n_excluded
        from values_by_member
        where dimension_name <> 'total'
        group by metric_name, grain, period_start, dimension_name
    )

select
    totals.metric_name,
    totals.grain,
    totals.period_start,
    dimensions.dimension_name,
    totals.value,
    sums_over_members.value as value_of_members,
    totals.n,
    sums_over_members.n as n_of_members,
    totals.n_excluded,
    sums_over_members.n_excluded as n_excluded_of_members
from totals
inner join dimensions on totals.metric_name = dimensions.metric_name and totals.grain = dimensions.grain
left join
    sums_over_members
    on totals.metric_name = sums_over_members.metric_name
    and totals.grain = sums_over_members.grain
    and totals.period_start is not distinct from sums_over_members.period_start
    and dimensions.dimension_name = sums_over_members.dimension_name
where
    totals.n_excluded <> coalesce(sums_over_members.n_excluded, 0)
    or (
        totals.n <> coalesce(sums_over_members.n, 0)
        -- an entry of cost that several members share counts for each of them, and so does who answers for each
        and totals.metric_name not in (
            'aligned_cost_share',
            'ces',
            'cost',
            'cost_per_outcome',
            'csat',
            'no_value_cost',
            'nps',
            'unallocated_cost_share',
            'unlinked_cost'
        )
    )
    or (
        totals.metric_name in ('delivered', 'cost', 'revenue')
        and abs(coalesce(totals.value, 0) - coalesce(sums_over_members.value, 0))
        > 1e-9 * greatest(1, abs(coalesce(totals.value, 0)))
    )
