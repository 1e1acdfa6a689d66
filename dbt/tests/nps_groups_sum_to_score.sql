-- A group of answers that is lost or counted twice would move the NPS unseen: the three groups give its fraction.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    answers as (select * from {{ ref("int_survey_answers") }} where is_nps_answer),

    nps_values as (
        select *
        from {{ ref("fct_metric_values") }}
        where metric_name = 'nps' and grain = 'all' and dimension_name = 'total' and status <> 'not_measured'
    ),

    group_counts as (
        select
            count(*) filter (is_promoter) as promoters,
            count(*) filter (is_passive) as passives,
            count(*) filter (is_detractor) as detractors
        from answers
    ),

    differences as (
        select group_counts.*, nps_values.numerator, nps_values.denominator
        from group_counts
        cross join nps_values
        where
            promoters + passives + detractors <> nps_values.denominator
            or promoters - detractors <> nps_values.numerator
    )

select *
from differences
