with
    settings as (select * from {{ ref("stg_settings") }}),

    key_results as (
        select * from {{ ref("dim_key_result") }} where is_current and key_result_key > 0 and metric_name is null
    ),

    objectives as (select * from {{ ref("dim_objective") }} where objective_key > 0),

    readings as (select * from {{ ref("int_key_result_readings") }} where reading_source = 'check-in'),

    check_in_spans as (
        select
            key_results.key_result_id,
            key_results.counted_start_date as first_date,
            least(key_results.counted_due_date, settings.as_of_date) as last_date,
            {{ member_key("key_results.objective_id", "objectives.objective_key") }} as objective_key,
            coalesce(objectives.team_key, -2) as team_key
        from key_results
        cross join settings
        left join objectives on key_results.objective_id = objectives.objective_id
        where key_results.counted_start_date <= settings.as_of_date
    ),

    check_in_days as (
        select key_result_id, first_date as checked_date
        from check_in_spans
        union distinct
        select key_result_id, last_date as checked_date
        from check_in_spans
        union distinct
        select readings.key_result_id, readings.read_date as checked_date
        from readings
        inner join
            check_in_spans
            on readings.key_result_id = check_in_spans.key_result_id
            and readings.read_date between check_in_spans.first_date and check_in_spans.last_date
    ),

    days_with_previous as (
        select *, lag(checked_date) over (partition by key_result_id order by checked_date) as previous_checked_date
        from check_in_days
    ),

    check_in_gaps as (
        select
            {{ surrogate_key(["days_with_previous.key_result_id", "days_with_previous.checked_date"]) }}
            as check_in_gap_key,
            check_in_spans.objective_key,
            check_in_spans.team_key,
            days_with_previous.checked_date,
            {{ dbt.datediff("days_with_previous.previous_checked_date", "days_with_previous.checked_date", "day") }}
            as gap_days
        from days_with_previous
        inner join check_in_spans on days_with_previous.key_result_id = check_in_spans.key_result_id
        where days_with_previous.previous_checked_date is not null
    )

select *
from check_in_gaps
