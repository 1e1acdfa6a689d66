-- The NPS interval is wider where the same people answer repeatedly: it is computed again from each person's answers.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_metric_values"}}}) }}

with
    answers as (
        select
            unnest(['total', 'product', 'team', 'customer_segment']) as dimension_name,
            unnest([0, current_product_key, current_team_key, customer_segment_key]) as member_key,
            responded_date,
            respondent,
            if(is_promoter, 1, 0) as promotes,
            if(is_detractor, 1, 0) as detracts
        from {{ ref("int_survey_answers") }}
        where is_nps_answer
    ),

    answers_with_period as (
        select *, 'month' as grain, date_trunc('month', responded_date) as period_start
        from answers
        union all
        select *, 'quarter' as grain, date_trunc('quarter', responded_date) as period_start
        from answers
        union all
        select *, 'all' as grain, cast(null as date) as period_start
        from answers
    ),

    answers_by_respondent as (
        select
            grain,
            period_start,
            dimension_name,
            member_key,
            count(*) as answers,
            sum(promotes) as promoters,
            sum(detracts) as detractors
        from answers_with_period
        group by grain, period_start, dimension_name, member_key, respondent
    ),

    deviations as (
        select
            *,
            sum(answers) over cell as n,
            promoters - detractors - answers * (sum(promoters - detractors) over cell) / n as deviation
        from answers_by_respondent
        window cell as (partition by grain, period_start, dimension_name, member_key)
    ),

    cells as (
        select
            grain,
            period_start,
            dimension_name,
            member_key,
            sum(answers) as n,
            sum(promoters) as promoters,
            sum(detractors) as detractors,
            sum(deviation * deviation) as between_people,
            sum(promoters + detractors) - pow(sum(promoters - detractors), 2) / sum(answers) as between_answers
        from deviations
        group by grain, period_start, dimension_name, member_key
    ),

    expected_intervals as (
        select
            *,
            if(between_answers / (n * n) > 1e-12, greatest(1, between_people / between_answers), 1) as design_effect,
            n / design_effect + 3 as trials,
            (promoters / design_effect + 0.75) / trials as promoter_share,
            (detractors / design_effect + 0.75) / trials as detractor_share,
            promoter_share - detractor_share as centre,
            1.959963984540054 * sqrt((promoter_share + detractor_share - centre * centre) / trials) as margin
        from cells
    )

select shown.grain, shown.period_start, shown.dimension_name, shown.member_id, shown.lower, shown.upper, centre, margin
from {{ ref("fct_metric_values") }} as shown
left join
    expected_intervals
    on shown.grain = expected_intervals.grain
    and shown.period_start is not distinct from expected_intervals.period_start
    and shown.dimension_name = expected_intervals.dimension_name
    and shown.member_key = expected_intervals.member_key
where
    shown.metric_name = 'nps'
    and shown.value is not null
    and shown.grain in ('month', 'quarter', 'all')
    and (
        expected_intervals.n is null
        or shown.lower is null
        or shown.upper is null
        or abs(shown.lower - greatest(-100, 100 * (centre - margin))) > 1e-9
        or abs(shown.upper - least(100, 100 * (centre + margin))) > 1e-9
    )
