with
    scores as (select * from {{ ref("msr_release_scores") }}),

    scores_before_and_after as (
        select
            before.product_key,
            before.month_start_date,
            before.release_id,
            before.release_name,
            before.released_date,
            before.other_releases,
            before.nps_respondents as nps_before_respondents,
            before.nps as nps_before,
            before.nps_lower as nps_before_lower,
            before.nps_upper as nps_before_upper,
            after.nps_respondents as nps_after_respondents,
            after.nps as nps_after,
            after.nps_lower as nps_after_lower,
            after.nps_upper as nps_after_upper,
            before.csat_respondents as csat_before_respondents,
            before.csat as csat_before,
            before.csat_lower as csat_before_lower,
            before.csat_upper as csat_before_upper,
            after.csat_respondents as csat_after_respondents,
            after.csat as csat_after,
            after.csat_lower as csat_after_lower,
            after.csat_upper as csat_after_upper,
            before.mean_dau as dau_before,
            after.mean_dau as dau_after
        from scores as before
        inner join
            scores as after
            on before.product_key = after.product_key
            and before.month_start_date = after.month_start_date
            and after.side = 'after'
        where before.side = 'before'
    ),

    scores_with_comparability as (
        select
            *,
            nps_before_respondents >= {{ release_respondents() }}
            and nps_after_respondents >= {{ release_respondents() }} as is_nps_comparable,
            csat_before_respondents >= {{ release_respondents() }}
            and csat_after_respondents >= {{ release_respondents() }} as is_csat_comparable
        from scores_before_and_after
    ),

    release_changes as (
        select
            *,
            case when is_nps_comparable then nps_after - nps_before end as nps_change,
            case
                when is_nps_comparable
                then {{ difference_bound("nps_after", "nps_after_lower", "nps_before", "nps_before_upper", "-") }}
            end as nps_change_lower,
            case
                when is_nps_comparable
                then {{ difference_bound("nps_after", "nps_after_upper", "nps_before", "nps_before_lower", "+") }}
            end as nps_change_upper,
            case when is_csat_comparable then csat_after - csat_before end as csat_change,
            case
                when is_csat_comparable
                then {{ difference_bound("csat_after", "csat_after_lower", "csat_before", "csat_before_upper", "-") }}
            end as csat_change_lower,
            case
                when is_csat_comparable
                then {{ difference_bound("csat_after", "csat_after_upper", "csat_before", "csat_before_lower", "+") }}
            end as csat_change_upper
        from scores_with_comparability
    )

select *
from release_changes
