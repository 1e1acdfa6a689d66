{%- set metrics = ["aligned_work_share", "aligned_cost_share"] -%}
with
    metric_values as (
        select *
        from {{ ref("fct_metric_values") }}
        where
            grain = 'month'
            and metric_name in ('{{ metrics | join("', '") }}')
            and dimension_name in ('total', 'team', 'product')
    ),

    months as (
        select
            {{ surrogate_key(["period_start", "dimension_name", "member_key"]) }} as alignment_key,
            period_start as month_start_date,
            dimension_name,
            member_key,
            member_id,
            member_name,
            bool_or(is_partial) as is_partial,
            {{ pivoted_metrics(metrics) }},
            any_value(numerator) filter (metric_name = 'aligned_work_share') as deliverables_aligned,
            any_value(denominator) filter (metric_name = 'aligned_work_share') as deliverables_alignable,
            any_value(n_excluded) filter (metric_name = 'aligned_work_share') as deliverables_run,
            any_value(numerator) filter (metric_name = 'aligned_cost_share') as aligned_cost_reporting_amount,
            any_value(denominator) filter (metric_name = 'aligned_cost_share') as alignable_cost_reporting_amount
        from metric_values
        group by period_start, dimension_name, member_key, member_id, member_name
    )

select *
from months
