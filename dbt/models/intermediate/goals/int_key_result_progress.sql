-- one row per key result that stands and day as of which it is scored: month ends from its start to its due date, the
-- due
-- date, and now; the score of the latest reading by the terms of that day
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

    days as (
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

    -- up to the due date; the fall-back after it is seen at now alone
    spine as (
        select
            days.as_of_date,
            terms.*,
            least(days.as_of_date, terms.due_date) as score_date,
            days.as_of_date = settings.as_of_date as is_now,
            days.as_of_date >= terms.due_date as is_final
        from days
        cross join settings
        inner join
            terms
            on days.key_result_id = terms.key_result_id
            and days.as_of_date >= terms.in_force_from_date
            and days.as_of_date < terms.in_force_to_date
            and days.as_of_date >= terms.start_date
        where days.as_of_date <= terms.due_date or days.as_of_date = settings.as_of_date
    ),

    -- every reading so far by the terms of the day, so that a fall-back is one of the value and not of the target
    scored as (
        select
            spine.key_result_id,
            spine.as_of_date,
            spine.score_date,
            readings.read_date,
            readings.value,
            {{ measured_score("readings", "spine", "settings.success_band_good") }} as raw_score,
            {{ measured_score("readings", "originals", "settings.success_band_good") }} as original_raw_score,
            readings.source_file,
            readings.source_record
        from spine
        cross join settings
        inner join readings on spine.key_result_id = readings.key_result_id and spine.as_of_date >= readings.read_date
        inner join terms as originals on spine.key_result_id = originals.key_result_id and originals.is_original
    ),

    numbered as (
        select
            *,
            {{ clamped_score("raw_score") }} as clamped_score,
            row_number() over (partition by key_result_id, as_of_date order by read_date desc) as recency,
            row_number() over (
                partition by key_result_id, as_of_date
                order by case when read_date <= score_date then 0 else 1 end, read_date desc
            ) as score_recency
        from scored
    ),

    own as (select * from numbered where score_recency = 1 and read_date <= score_date),

    latest as (select * from numbered where recency = 1),

    bests as (
        select key_result_id, as_of_date, max(clamped_score) as best_score, count(*) as readings
        from numbered
        group by key_result_id, as_of_date
    ),

    joined as (
        select
            spine.*,
            coalesce(bests.readings, 0) as readings,
            own.value,
            own.read_date as value_date,
            own.raw_score,
            own.clamped_score,
            own.original_raw_score,
            latest.value as current_value,
            latest.clamped_score as current_score,
            bests.best_score,
            {{ dbt.datediff("latest.read_date", "spine.as_of_date", "day") }} as days_since_check_in,
            -- a goal on which nobody reports for more than five weeks isn't measured
            {{ dbt.datediff("coalesce(own.read_date, spine.start_date)", "spine.score_date", "day") }}
            > {{ silence_days() }} as is_silent,
            case
                when spine.goal_type = 'hold'
                then 1.0e0
                else
                    {{ dbt.datediff("spine.start_date", "spine.score_date", "day") }}
                    / cast({{ dbt.datediff("spine.start_date", "spine.due_date", "day") }} as double)
            end as expected_pace,
            own.source_file,
            own.source_record
        from spine
        left join own on spine.key_result_id = own.key_result_id and spine.as_of_date = own.as_of_date
        left join latest on spine.key_result_id = latest.key_result_id and spine.as_of_date = latest.as_of_date
        left join bests on spine.key_result_id = bests.key_result_id and spine.as_of_date = bests.as_of_date
    ),

    judged as (
        select
            *,
            case
                when value is null
                then 'not_read'
                when is_silent
                then 'silent'
                when raw_score is null
                then 'within_noise'
                else 'measured'
            end as score_status
        from joined
    ),

    progress as (
        select
            judged.*,
            {{ clamped_score("judged.original_raw_score") }} as original_clamped_score,
            case when judged.score_status = 'measured' then judged.raw_score >= judged.expected_pace end as is_on_pace,
            case
                when judged.best_score >= settings.success_band_good
                then judged.current_score >= settings.success_band_good
            end as is_held
        from judged
        cross join settings
    )

select *
from progress
