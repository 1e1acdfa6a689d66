{#-
    What the NPS interval of each group of `by` is computed from: one row per group. `answers` names a relation with one row per group and
    respondent: answers, promoters, detractors, as doubles.
-#}
{% macro nps_sums(answers, by) -%}
    {%- set groups = by | join(", ") -%}
    select
        {{ groups }},
        sum(answers) as answers,
        count(*) as respondents,
        sum(promoters) as promoters,
        sum(detractors) as detractors,
        (sum(promoters) - sum(detractors)) / sum(answers) as mean_score,
        sum((promoters - detractors) * (promoters - detractors)) as sum_score_squared,
        sum((promoters - detractors) * answers) as sum_score_answers,
        sum(answers * answers) as sum_answers_squared
    from {{ answers }}
    group by {{ groups }}
{%- endmacro %}

{#-
    The rows of `nps_sums` with the interval of each group at 95 %, in points and clipped to what a score can be: adjusted Wald
    (Rocks 2016) on answers divided by the design effect of people who answer more than once.
-#}
{% macro nps_intervals(sums) -%}
    with
        variances as (
            select
                *,
                ((promoters + detractors) / answers - mean_score * mean_score) / answers as independent_variance,
                (sum_score_squared - 2 * mean_score * sum_score_answers + mean_score * mean_score * sum_answers_squared)
                / (answers * answers) as clustered_variance
            from {{ sums }}
        ),

        design_effects as (
            select
                *,
                case
                    when independent_variance > 1e-12
                    then greatest(1.0, clustered_variance / independent_variance)
                    else 1.0
                end as design_effect
            from variances
        ),

        adjusted_shares as (
            select
                *,
                answers / design_effect + 3 as trials,
                (promoters / design_effect + 0.75) / (answers / design_effect + 3) as promoter_share,
                (detractors / design_effect + 0.75) / (answers / design_effect + 3) as detractor_share
            from design_effects
        ),

        margins as (
            select
                *,
                promoter_share - detractor_share as centre,
                {{ z() }} * sqrt(
                    (
                        promoter_share
                        + detractor_share
                        - (promoter_share - detractor_share) * (promoter_share - detractor_share)
                    )
                    / trials
                ) as margin
            from adjusted_shares
        )

    select
        *,
        greatest(-100.0, 100 * (centre - margin)) as lower_bound,
        least(100.0, 100 * (centre + margin)) as upper_bound
    from margins
{%- endmacro %}

{#-
    One bound of a difference `after - before` from both sides' own intervals (Zou and Donner 2008: the square-and-add
    method). The lower bound takes the lower reach of `after` and the upper one of `before`.
-#}
{% macro difference_bound(after, after_bound, before, before_bound, sign) -%}
    {{ after }} - {{ before }} {{ sign }} sqrt(
        ({{ after }} - {{ after_bound }}) * ({{ after }} - {{ after_bound }})
        + ({{ before_bound }} - {{ before }}) * ({{ before_bound }} - {{ before }})
    )
{%- endmacro %}
