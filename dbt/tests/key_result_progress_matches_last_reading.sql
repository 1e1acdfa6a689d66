-- Progress and readings are scored separately: a key result shows its last reading by its due date, and that score by
-- the terms of the day and by the original ones.
{{ config(meta={"dagster": {"ref": {"name": "fct_key_result_progress"}}}) }}

with
    progress as (select * from {{ ref("fct_key_result_progress") }}),

    readings as (select * from {{ ref("int_key_result_readings") }}),

    key_results as (select * from {{ ref("dim_key_result") }}),

    original_terms as (select * from {{ ref("int_key_result_terms") }} where is_original),

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

    scores as (
        {% for score, terms, baseline, target in (
            (
                "raw_score",
                "key_results",
                "progress.baseline_value",
                "progress.target_value",
            ),
            (
                "original_raw_score",
                "original_terms",
                "original_terms.baseline_value",
                "original_terms.target_value",
            ),
        ) %}
            select
                progress.key_result_progress_key,
                '{{ score }}' as score_name,
                progress.{{ score }} as score,
                case
                    when last_readings.value is null or not {{ terms }}.is_scorable
                    then null
                    when {{ terms }}.goal_type = 'hold' and {{ terms }}.direction = 'up'
                    then cast(last_readings.value - {{ target }} >= -1e-9 as integer)
                    when {{ terms }}.goal_type = 'hold'
                    then cast(last_readings.value - {{ target }} <= 1e-9 as integer)
                    -- that of a metric also depends on its interval
                    when last_readings.reading_source <> 'check-in'
                    then progress.{{ score }}
                    else (last_readings.value - {{ baseline }}) / ({{ target }} - {{ baseline }})
                end as recomputed_score
            from progress
            inner join key_results on progress.key_result_key = key_results.key_result_key
            inner join original_terms on progress.key_result_id = original_terms.key_result_id
            left join
                last_readings on progress.key_result_progress_key = last_readings.key_result_progress_key
                {{ "union all" if not loop.last }}
        {% endfor %}
    )

select
    progress.key_result_id,
    progress.as_of_date,
    progress.value_date,
    last_readings.read_date,
    progress.value,
    last_readings.value as last_value,
    scores.score_name,
    scores.score,
    scores.recomputed_score
from progress
inner join scores on progress.key_result_progress_key = scores.key_result_progress_key
left join last_readings on progress.key_result_progress_key = last_readings.key_result_progress_key
where
    progress.value_date is distinct from last_readings.read_date
    or progress.value is distinct from last_readings.value
    or abs(scores.score - scores.recomputed_score) > 0.000001
    or (scores.score is null) <> (scores.recomputed_score is null)
