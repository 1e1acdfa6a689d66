with
    terms as (select * from {{ ref("int_key_result_terms") }}),

    readings as (select * from {{ ref("int_key_result_readings") }}),

    dates as (select * from {{ ref("int_calendar") }} where is_past),

    settings as (select * from {{ ref("stg_settings") }}),

    month_ends as (select date_day from dates where date_day = cast({{ dbt.last_day("date_day", "month") }} as date)),

    terms_now as (
        select terms.*
        from terms
        cross join settings
        where settings.as_of_date >= terms.in_force_from_date and settings.as_of_date < terms.in_force_to_date
    ),

    scored_days as (
        select terms_now.key_result_id, month_ends.date_day as as_of_date
        from terms_now
        cross join month_ends
        union distinct
        select terms_now.key_result_id, terms_now.due_date as as_of_date
        from terms_now
        cross join settings
        where terms_now.due_date <= settings.as_of_date
        union distinct
        select terms_now.key_result_id, settings.as_of_date
        from terms_now
        cross join settings
    ),

    -- up to the due date, and now; a fall-back after the due date shows only now
    days_with_terms as (
        select
            scored_days.as_of_date,
            terms.*,
            least(scored_days.as_of_date, terms.due_date) as score_date,
            scored_days.as_of_date = settings.as_of_date as is_now,
            scored_days.as_of_date >= terms.due_date as is_final
        from scored_days
        cross join settings
        inner join
            terms
            on scored_days.key_result_id = terms.key_result_id
            and scored_days.as_of_date >= terms.in_force_from_date
            and scored_days.as_of_date < terms.in_force_to_date
            and scored_days.as_of_date >= terms.start_date
            and terms.due_date is not null
        where scored_days.as_of_date <= terms.due_date or scored_days.as_of_date = settings.as_of_date
    ),

    -- every reading so far by the terms of the day, so that only the value can fall back, not the target
    scored_readings as (
        select
            days_with_terms.key_result_id,
            days_with_terms.as_of_date,
            days_with_terms.score_date,
            readings.read_date,
            readings.value,
            {{ measured_score("readings", "days_with_terms", "settings.success_band_good") }} as raw_score,
            {{ measured_score("readings", "originals", "settings.success_band_good") }} as original_raw_score,
            readings.source_file,
            readings.source_record
        from days_with_terms
        cross join settings
        inner join
            readings
            on days_with_terms.key_result_id = readings.key_result_id
            and days_with_terms.as_of_date >= readings.read_date
        inner join
            terms as originals on days_with_terms.key_result_id = originals.key_result_id and originals.is_original
    ),

    ranked_readings as (
        select
            *,
            {{ clamped_score("raw_score") }} as clamped_score,
            row_number() over (partition by key_result_id, as_of_date order by read_date desc) as recency,
            row_number() over (
                partition by key_result_id, as_of_date
                order by case when read_date <= score_date then 0 else 1 end, read_date desc
            ) as score_recency
        from scored_readings
    ),

    own_readings as (select * from ranked_readings where score_recency = 1 and read_date <= score_date),

    latest_readings as (select * from ranked_readings where recency = 1),

    best_scores as (
        select key_result_id, as_of_date, max(clamped_score) as best_score, count(*) as readings
        from ranked_readings
        group by key_result_id, as_of_date
    ),

    days_with_scores as (
        select
            days_with_terms.*,
            coalesce(best_scores.readings, 0) as readings,
            own_readings.value,
            own_readings.read_date as value_date,
            own_readings.raw_score,
            own_readings.clamped_score,
            own_readings.original_raw_score,
            latest_readings.value as current_value,
            latest_readings.clamped_score as current_score,
            best_scores.best_score,
            {{ dbt.datediff("latest_readings.read_date", "days_with_terms.as_of_date", "day") }} as days_since_check_in,
            -- a goal on which nobody reports for longer than its cadence allows isn't measured
            {{
                dbt.datediff(
                    "coalesce(own_readings.read_date, days_with_terms.start_date)",
                    "days_with_terms.score_date",
                    "day",
                )
            }} > days_with_terms.silence_days as is_silent,
            case
                when days_with_terms.goal_type = 'hold'
                then 1.0e0
                else
                    {{ dbt.datediff("days_with_terms.start_date", "days_with_terms.score_date", "day") }} / cast(
                        {{ dbt.datediff("days_with_terms.start_date", "days_with_terms.due_date", "day") }} as double
                    )
            end as expected_pace,
            own_readings.source_file,
            own_readings.source_record
        from days_with_terms
        left join
            own_readings
            on days_with_terms.key_result_id = own_readings.key_result_id
            and days_with_terms.as_of_date = own_readings.as_of_date
        left join
            latest_readings
            on days_with_terms.key_result_id = latest_readings.key_result_id
            and days_with_terms.as_of_date = latest_readings.as_of_date
        left join
            best_scores
            on days_with_terms.key_result_id = best_scores.key_result_id
            and days_with_terms.as_of_date = best_scores.as_of_date
    ),

    days_with_status as (
        select
            *,
            case
                when not is_scorable
                then 'unscorable'
                when value is null
                then 'not_read'
                when is_silent
                then 'silent'
                when raw_score is null
                then 'within_noise'
                else 'measured'
            end as score_status
        from days_with_scores
    ),

    progress as (
        select
            days_with_status.*,
            {{ clamped_score("days_with_status.original_raw_score") }} as original_clamped_score,
            case
                when days_with_status.score_status = 'measured'
                then days_with_status.raw_score >= days_with_status.expected_pace
            end as is_on_pace,
            case
                when days_with_status.best_score >= settings.success_band_good
                then days_with_status.current_score >= settings.success_band_good
            end as is_held
        from days_with_status
        cross join settings
    )

select *
from progress
