-- Progress and readings are scored separately: a key result shows its last reading by its due date, and that score.
{{ config(meta={"dagster": {"ref": {"name": "fct_key_result_progress"}}}) }}

with
    progress as (select * from {{ ref("fct_key_result_progress") }}),

    readings as (select * from {{ ref("int_key_result_readings") }}),

    key_results as (select * from {{ ref("dim_key_result") }}),

    last_readings as (
        select
            progress.key_result_progress_key,
            max(readings.read_date) as read_date,
            max_by(readings.value, readings.read_date) as value,
            max_by(readings.reading_source, readings.read_date) as reading_source
        from progress
        inner join
            readings
            on progress.key_result_id = readings.key_result_id
            and readings.read_date <= progress.as_of_date
            and readings.read_date <= progress.due_date
        group by progress.key_result_progress_key
    ),

    compared_progress as (
        select
            progress.key_result_id,
            progress.as_of_date,
            progress.value_date,
            last_readings.read_date,
            progress.value,
            last_readings.value as last_value,
            progress.raw_score,
            case
                when last_readings.reading_source = 'check-in' and key_results.goal_type = 'reach'
                then (last_readings.value - progress.baseline_value) / (progress.target_value - progress.baseline_value)
                else progress.raw_score
            end as recomputed_score
        from progress
        inner join key_results on progress.key_result_key = key_results.key_result_key
        left join last_readings on progress.key_result_progress_key = last_readings.key_result_progress_key
    )

select *
from compared_progress
where
    value_date is distinct from read_date
    or value is distinct from last_value
    or abs(raw_score - recomputed_score) > 0.000001
    or (raw_score is null) <> (recomputed_score is null)
