with
    terms as (select * from {{ ref("int_key_result_terms") }}),

    checkins as (select * from {{ ref("stg_key_result_checkins") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    -- a partial or incomplete month is no fair reading
    metric_months as (
        select
            metric_values.*,
            -- the last moment of the month
            {{ utc_time("cast(metric_values.period_end as timestamp)", "settings.time_zone") }}
            - interval 1 microsecond as read_at
        from {{ ref("int_metric_values") }} as metric_values
        cross join settings
        where metric_values.grain = 'month' and metric_values.status = 'measured' and not metric_values.is_partial
    ),

    check_in_readings as (
        select
            terms.key_result_id,
            terms.in_force_from,
            checkins.checked_at as read_at,
            cast(checkins.value as double) as value,
            cast(null as double) as lower,
            cast(null as double) as upper,
            checkins.confidence,
            'check-in' as reading_source,
            checkins.source_file,
            checkins.source_record
        from terms
        inner join
            checkins
            on terms.key_result_id = checkins.key_result_id
            and checkins.checked_at >= terms.in_force_from
            and checkins.checked_at < terms.in_force_to
        where terms.metric_name is null
    ),

    metric_readings as (
        select
            terms.key_result_id,
            terms.in_force_from,
            metric_months.read_at,
            metric_months.value,
            metric_months.lower,
            metric_months.upper,
            cast(null as decimal(28, 10)) as confidence,
            'metric' as reading_source,
            cast(null as varchar) as source_file,
            cast(null as bigint) as source_record
        from terms
        inner join
            metric_months
            on terms.metric_name = metric_months.metric_name
            and terms.metric_dimension = metric_months.dimension_name
            and terms.metric_member_id = metric_months.member_id
            and metric_months.read_at >= terms.in_force_from
            and metric_months.read_at < terms.in_force_to
    ),

    all_readings as (
        select *
        from check_in_readings
        union all
        select *
        from metric_readings
    ),

    past_readings as (
        select all_readings.*, {{ local_date("all_readings.read_at", "settings.time_zone") }} as read_date
        from all_readings
        cross join settings
        where all_readings.read_at <= settings.as_of_at
    ),

    ranked_readings as (
        select
            past_readings.*,
            row_number() over (
                partition by past_readings.key_result_id, past_readings.read_date order by past_readings.read_at desc
            ) as recency_in_day
        from past_readings
        inner join
            terms
            on past_readings.key_result_id = terms.key_result_id
            and past_readings.in_force_from = terms.in_force_from
            and past_readings.read_date >= terms.start_date
    ),

    scored_readings as (
        select
            ranked_readings.key_result_id,
            ranked_readings.read_at,
            ranked_readings.read_date,
            ranked_readings.value,
            ranked_readings.lower,
            ranked_readings.upper,
            ranked_readings.confidence,
            terms.baseline_value,
            terms.target_value,
            {{ measured_score("ranked_readings", "terms", "settings.success_band_good") }} as raw_score,
            {{ measured_score("ranked_readings", "originals", "settings.success_band_good") }} as original_raw_score,
            ranked_readings.reading_source,
            ranked_readings.source_file,
            ranked_readings.source_record
        from ranked_readings
        cross join settings
        inner join
            terms
            on ranked_readings.key_result_id = terms.key_result_id
            and ranked_readings.in_force_from = terms.in_force_from
        inner join
            terms as originals on ranked_readings.key_result_id = originals.key_result_id and originals.is_original
        where ranked_readings.recency_in_day = 1
    ),

    readings_with_clamped_score as (
        select *, {{ clamped_score("raw_score") }} as clamped_score, raw_score is not null as is_measured
        from scored_readings
    )

select *
from readings_with_clamped_score
