{#-
    The steps from `by_respondent` (one row per group of `by` and respondent: answers, promoters, detractors, as doubles) to
    `bounded`: the group's interval at 95 %, adjusted Wald (Rocks 2016) on answers divided by the design effect of people
    who answer more than once. Shares of 1: `greatest(-100.0, 100 * (centre - margin))` is the lower bound in points.
-#}
{% macro nps_interval_steps(by) -%} {{ nps_sums(by) }}, {{ nps_bounded() }} {%- endmacro %}

{#- The first of these steps, `sums`: a row a group. -#}
{% macro nps_sums(by) -%}
    {%- set groups = by | join(", ") -%}
    sums as (
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
        from by_respondent
        group by {{ groups }}
    )
{%- endmacro %}

{#- The other steps, from `sums` to `bounded`. -#}
{% macro nps_bounded() -%}
    variances as (
        select
            *,
            ((promoters + detractors) / answers - mean_score * mean_score) / answers as independent_variance,
            (sum_score_squared - 2 * mean_score * sum_score_answers + mean_score * mean_score * sum_answers_squared)
            / (answers * answers) as clustered_variance
        from sums
    ),

    effects as (
        select
            *,
            case
                when independent_variance > 1e-12 then greatest(1.0, clustered_variance / independent_variance) else 1.0
            end as design_effect
        from variances
    ),

    adjusted as (
        select
            *,
            answers / design_effect + 3 as trials,
            (promoters / design_effect + 0.75) / (answers / design_effect + 3) as promoter_share,
            (detractors / design_effect + 0.75) / (answers / design_effect + 3) as detractor_share
        from effects
    ),

    bounded as (
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
        from adjusted
    )
{%- endmacro %}

{#- What `bounded` gives in points, clipped to what a score can be: one bound, `sign` '-' or '+'. -#}
{% macro nps_bound(sign) -%}
    {%- if sign == "-" -%} greatest(-100.0, 100 * (centre - margin))
    {%- else -%} least(100.0, 100 * (centre + margin))
    {%- endif -%}
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
