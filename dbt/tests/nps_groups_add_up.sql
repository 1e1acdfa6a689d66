-- An answer is a promoter's, a passive's or a detractor's: a group lost or counted twice would move the score unseen.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    answers as (select * from {{ ref("int_survey_answers") }} where is_nps_answer),

    score as (
        select *
        from {{ ref("fct_metric_values") }}
        where metric_name = 'nps' and grain = 'all' and dimension_name = 'total' and status <> 'not_measured'
    ),

    groups as (
        select
            count(*) filter (is_promoter) as promoters,
            count(*) filter (is_passive) as passives,
            count(*) filter (is_detractor) as detractors
        from answers
    ),

    disagreeing as (
        select groups.*, score.numerator, score.denominator
        from groups
        cross join score
        where promoters + passives + detractors <> score.denominator or promoters - detractors <> score.numerator
    )

select *
from disagreeing
