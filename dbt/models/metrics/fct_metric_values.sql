with
    metric_values as (select * from {{ ref("int_metric_values") }}),

    outcome_metric_values as (select * from {{ ref("int_outcome_metric_values") }}),

    all_values as (
        select *
        from metric_values
        union all
        select *
        from outcome_metric_values
    )

select *
from all_values
