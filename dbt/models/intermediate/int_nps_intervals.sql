-- one row a grain, period, dimension and member: the NPS interval at 95 %, adjusted Wald (Rocks 2016) on answers
-- divided by the design effect of people who answer more than once
with
    answers as (select * from {{ ref("int_survey_answers") }} where is_nps_answer),

    periods as (select date_day, grain, period_start from {{ ref("int_date_periods") }}),

    dated as (
        select answers.*, periods.grain, periods.period_start
        from answers
        inner join periods on answers.responded_date = periods.date_day
        union all
        select answers.*, 'all' as grain, cast(null as date) as period_start
        from answers
    ),

    placed as (
        select dated.*, 'total' as dimension_name, cast(0 as bigint) as member_key
        from dated
        union all
        select dated.*, 'product' as dimension_name, current_product_key as member_key
        from dated
        union all
        select dated.*, 'team' as dimension_name, current_team_key as member_key
        from dated
    ),

    by_respondent as (
        select
            grain,
            period_start,
            dimension_name,
            member_key,
            respondent,
            cast(count(*) as double) as answers,
            cast(count(*) filter (is_promoter) as double) as promoters,
            cast(count(*) filter (is_detractor) as double) as detractors
        from placed
        group by grain, period_start, dimension_name, member_key, respondent
    ),

    sums as (
        select
            grain,
            period_start,
            dimension_name,
            member_key,
            sum(answers) as answers,
            sum(promoters) as promoters,
            sum(detractors) as detractors,
            (sum(promoters) - sum(detractors)) / sum(answers) as mean_score,
            sum((promoters - detractors) * (promoters - detractors)) as sum_score_squared,
            sum((promoters - detractors) * answers) as sum_score_answers,
            sum(answers * answers) as sum_answers_squared
        from by_respondent
        group by grain, period_start, dimension_name, member_key
    ),

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

select
    grain,
    period_start,
    dimension_name,
    member_key,
    design_effect,
    greatest(-100.0, 100 * (centre - margin)) as lower_bound,
    least(100.0, 100 * (centre + margin)) as upper_bound
from bounded
