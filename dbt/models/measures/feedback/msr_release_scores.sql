-- one row per product, month and side of the month's last release: what customers said and did in the window
with
    windows as (select * from {{ ref("int_release_windows") }}),

    answers as (select * from {{ ref("int_survey_answers") }}),

    active_users as (select * from {{ ref("fct_active_users") }} where dimension_name = 'product'),

    placed as (
        select
            windows.product_key,
            windows.month_start_date,
            windows.side,
            answers.respondent,
            answers.is_nps_answer,
            answers.is_promoter,
            answers.is_detractor,
            answers.is_csat_answer,
            answers.is_satisfied
        from windows
        inner join
            answers
            on windows.product_key = answers.current_product_key
            and answers.responded_date between windows.first_date and windows.last_date
        where windows.is_survey_covered
    ),

    by_respondent as (
        select
            product_key,
            month_start_date,
            side,
            respondent,
            cast(count(*) as double) as answers,
            cast(count(*) filter (is_promoter) as double) as promoters,
            cast(count(*) filter (is_detractor) as double) as detractors
        from placed
        where is_nps_answer
        group by product_key, month_start_date, side, respondent
    ),

    {{ nps_interval_steps(["product_key", "month_start_date", "side"]) }},

    scores as (
        select
            product_key,
            month_start_date,
            side,
            respondents,
            100 * mean_score as nps,
            {{ nps_bound("-") }} as nps_lower,
            {{ nps_bound("+") }} as nps_upper
        from bounded
    ),

    satisfaction as (
        select
            product_key,
            month_start_date,
            side,
            cast(count(*) as double) as answers,
            cast(count(*) filter (is_satisfied) as double) as satisfied,
            count(distinct respondent) as respondents
        from placed
        where is_csat_answer
        group by product_key, month_start_date, side
    ),

    use as (
        select windows.product_key, windows.month_start_date, windows.side, avg(active_users.dau) as mean_dau
        from windows
        inner join
            active_users
            on windows.product_key = active_users.member_key
            and active_users.usage_date between windows.first_date and windows.last_date
        where windows.is_usage_covered
        group by windows.product_key, windows.month_start_date, windows.side
    )

select
    windows.product_key,
    windows.month_start_date,
    windows.side,
    windows.release_id,
    windows.release_name,
    windows.released_date,
    windows.other_releases,
    case when windows.is_survey_covered then coalesce(scores.respondents, 0) end as nps_respondents,
    scores.nps,
    scores.nps_lower,
    scores.nps_upper,
    case when windows.is_survey_covered then coalesce(satisfaction.respondents, 0) end as csat_respondents,
    satisfaction.satisfied / satisfaction.answers as csat,
    {{ wilson_bound("satisfaction.satisfied", "satisfaction.answers", "-") }} as csat_lower,
    {{ wilson_bound("satisfaction.satisfied", "satisfaction.answers", "+") }} as csat_upper,
    use.mean_dau
from windows
left join
    scores
    on windows.product_key = scores.product_key
    and windows.month_start_date = scores.month_start_date
    and windows.side = scores.side
left join
    satisfaction
    on windows.product_key = satisfaction.product_key
    and windows.month_start_date = satisfaction.month_start_date
    and windows.side = satisfaction.side
left join
    use
    on windows.product_key = use.product_key
    and windows.month_start_date = use.month_start_date
    and windows.side = use.side
