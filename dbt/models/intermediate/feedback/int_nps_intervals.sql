with
    answers as (select * from {{ ref("int_survey_answers") }} where is_nps_answer),

    periods as (
        select date_day, grain, period_start from {{ ref("int_date_periods") }} where grain not in ('day', 'week')
    ),

    answers_with_period as (
        select answers.*, periods.grain, periods.period_start
        from answers
        inner join periods on answers.responded_date = periods.date_day
        union all
        select answers.*, 'all' as grain, cast(null as date) as period_start
        from answers
    ),

    answers_by_member as (
        select answers_with_period.*, 'total' as dimension_name, cast(0 as bigint) as member_key
        from answers_with_period
        union all
        select answers_with_period.*, 'product' as dimension_name, current_product_key as member_key
        from answers_with_period
        union all
        select answers_with_period.*, 'team' as dimension_name, current_team_key as member_key
        from answers_with_period
        union all
        select answers_with_period.*, 'customer_segment' as dimension_name, customer_segment_key as member_key
        from answers_with_period
    ),

    answers_by_respondent as (
        select
            grain,
            period_start,
            dimension_name,
            member_key,
            respondent,
            cast(count(*) as double) as answers,
            cast(count(*) filter (is_promoter) as double) as promoters,
            cast(count(*) filter (is_detractor) as double) as detractors
        from answers_by_member
        group by grain, period_start, dimension_name, member_key, respondent
    ),

    sums_per_member as (
        {{ nps_sums("answers_by_respondent", ["grain", "period_start", "dimension_name", "member_key"]) }}
    ),

    intervals as ({{ nps_intervals("sums_per_member") }})

select grain, period_start, dimension_name, member_key, design_effect, lower_bound, upper_bound
from intervals
