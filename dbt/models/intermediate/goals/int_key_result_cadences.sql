-- the lower median, so that one long silence among few check-ins doesn't set the pace
with
    key_results as (select key_result_id from {{ ref("stg_key_results") }}),

    checkins as (select * from {{ ref("stg_key_result_checkins") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    check_in_days as (
        select distinct
            checkins.key_result_id, {{ local_date("checkins.checked_at", "settings.time_zone") }} as checked_date
        from checkins
        cross join settings
        where checkins.checked_at <= settings.as_of_at
    ),

    days_with_previous as (
        select
            key_result_id,
            checked_date,
            lag(checked_date) over (partition by key_result_id order by checked_date) as previous_checked_date
        from check_in_days
    ),

    gaps as (
        select key_result_id, {{ dbt.datediff("previous_checked_date", "checked_date", "day") }} as gap_days
        from days_with_previous
        where previous_checked_date is not null
    ),

    medians_per_key_result as (
        select key_result_id, quantile_disc(gap_days, 0.5) as median_gap_days
        from gaps
        group by key_result_id
        having count(*) >= {{ cadence_gaps() }}
    ),

    median_of_portfolio as (
        select case when count(*) >= {{ cadence_gaps() }} then quantile_disc(gap_days, 0.5) end as median_gap_days
        from gaps
    ),

    cadences as (
        select
            key_results.key_result_id,
            greatest(
                coalesce(medians_per_key_result.median_gap_days, median_of_portfolio.median_gap_days, 0),
                {{ review_days() }}
            ) as learned_days
        from key_results
        cross join median_of_portfolio
        left join medians_per_key_result on key_results.key_result_id = medians_per_key_result.key_result_id
    )

select *
from cadences
