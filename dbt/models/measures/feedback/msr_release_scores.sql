with
    windows as (select * from {{ ref("int_release_windows") }}),

    answers as (select * from {{ ref("int_survey_answers") }}),

    active_users as (select * from {{ ref("fct_active_users") }} where dimension_name = 'product'),

    answers_in_windows as (
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

    answers_by_respondent as (
        select
            product_key,
            month_start_date,
            side,
            respondent,
            cast(count(*) as double) as answers,
            cast(count(*) filter (is_promoter) as double) as promoters,
            cast(count(*) filter (is_detractor) as double) as detractors
        from answers_in_windows
        where is_nps_answer
        group by product_key, month_start_date, side, respondent
    ),

    sums_per_side as ({{ nps_sums("answers_by_respondent", ["product_key", "month_start_date", "side"]) }}),

    nps_intervals as ({{ nps_intervals("sums_per_side") }}),

    nps_scores as (
        select
            product_key,
            month_start_date,
            side,
            respondents,
            100 * mean_score as nps,
            lower_bound as nps_lower,
            upper_bound as nps_upper
        from nps_intervals
    ),

    csat_scores as (
        select
            product_key,
            month_start_date,
            side,
            count(*) filter (is_satisfied) / count(*) as csat,
            count(distinct respondent) as respondents
        from answers_in_windows
        where is_csat_answer
        group by product_key, month_start_date, side
    ),

    mean_active_users as (
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
    case when windows.is_survey_covered then coalesce(nps_scores.respondents, 0) end as nps_respondents,
    nps_scores.nps,
    nps_scores.nps_lower,
    nps_scores.nps_upper,
    case when windows.is_survey_covered then coalesce(csat_scores.respondents, 0) end as csat_respondents,
    csat_scores.csat,
    {{ wilson_bound("csat_scores.csat", "csat_scores.respondents", "-") }} as csat_lower,
    {{ wilson_bound("csat_scores.csat", "csat_scores.respondents", "+") }} as csat_upper,
    mean_active_users.mean_dau
from windows
left join
    nps_scores
    on windows.product_key = nps_scores.product_key
    and windows.month_start_date = nps_scores.month_start_date
    and windows.side = nps_scores.side
left join
    csat_scores
    on windows.product_key = csat_scores.product_key
    and windows.month_start_date = csat_scores.month_start_date
    and windows.side = csat_scores.side
left join
    mean_active_users
    on windows.product_key = mean_active_users.product_key
    and windows.month_start_date = mean_active_users.month_start_date
    and windows.side = mean_active_users.side
