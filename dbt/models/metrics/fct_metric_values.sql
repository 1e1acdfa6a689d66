with
    first_round as (select * from {{ ref("int_metric_values") }}),

    second_round as (select * from {{ ref("int_outcome_metric_values") }}),

    all_values as (
        select *
        from first_round
        union all
        select *
        from second_round
    )

select *
from all_values
