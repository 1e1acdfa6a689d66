-- one row per grain, period, dimension and member: the NPS interval at 95 %, adjusted Wald (Rocks 2016) on answers
-- divided by the design effect of people who answer more than once
with
    answers as (select * from {{ ref("int_survey_answers") }} where is_nps_answer),

    periods as (
        select date_day, grain, period_start from {{ ref("int_date_periods") }} where grain not in ('day', 'week')
    ),

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
        union all
        select dated.*, 'customer_segment' as dimension_name, customer_segment_key as member_key
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

    {{ nps_interval_steps(["grain", "period_start", "dimension_name", "member_key"]) }}

select
    grain,
    period_start,
    dimension_name,
    member_key,
    design_effect,
    {{ nps_bound("-") }} as lower_bound,
    {{ nps_bound("+") }} as upper_bound
from bounded
