-- A sum from which rows are missing must say that it is incomplete; a share of the rows that can be judged need not.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    values_with_missing_flag as (
        select
            shown.*,
            metrics.minimum_n,
            shown.n_excluded > if(shown.metric_name = 'value_created_share', shown.n, 0)
            and shown.metric_name in (
                'aligned_cost_share',
                'bcr',
                'benefit_actual',
                'benefit_actual_soft',
                'benefit_planned',
                'benefit_realisation_rate',
                'benefit_without_cost',
                'budget',
                'budget_variance',
                'cost',
                'cost_forecast',
                'cost_per_outcome',
                'covered_cost_share',
                'key_result_score',
                'mau',
                'net_benefit',
                'no_value_cost',
                'npv',
                'objective_score',
                'payback_months',
                'revenue',
                'roi',
                'roi_planned',
                'stickiness',
                'unallocated_cost_share',
                'unbudgeted_cost',
                'unlinked_cost',
                'value_created_share',
                'wau'
            ) as is_missing_something
        from {{ ref("fct_metric_values") }} as shown
        inner join
            {{ ref("dim_metric") }} as metrics
            on shown.metric_name = metrics.metric_name
            and shown.metric_version = metrics.metric_version
    )

select metric_name, grain, period_start, dimension_name, member_id, value, n, n_excluded, status
from values_with_missing_flag
where
    status <> case
        when value is null
        then 'not_measured'
        when n < minimum_n
        then 'insufficient_sample'
        when is_missing_something
        then 'incomplete'
        else 'measured'
    end
