{%- set metrics = [
    "outcome_key_result_share",
    "aligned_work_share",
    "cross_team_share",
    "on_time_rate",
    "delivered",
    "lead_time_days_p50",
    "feedback_cadence_days_p50",
    "action_closure_rate",
] -%}
with
    metric_values as (
        select *, case when dimension_name = 'total' then 'all' else member_id end as side
        from {{ ref("fct_metric_values") }}
        where
            grain = 'quarter'
            and metric_name in ('{{ metrics | join("', '") }}')
            and (dimension_name = 'total' or (dimension_name = 'pilot_side' and member_key > 0))
    ),

    quarters as (
        select
            {{ surrogate_key(["period_start", "side"]) }} as shift_key,
            period_start as quarter_start_date,
            side,
            bool_or(is_partial) as is_partial,
            {{ pivoted_metrics(metrics) }}
        from metric_values
        group by period_start, side
    )

select *
from quarters
