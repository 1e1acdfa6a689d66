-- A goal with a metric moves only where the metric's interval excludes the baseline's, by its own and its first terms.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "fct_key_result_progress"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    terms as (select * from {{ ref("int_key_result_terms") }} where goal_type = 'reach'),

    readings as (select * from {{ ref("int_key_result_readings") }} where lower is not null and upper is not null),

    progress_by_terms as (
        select
            progress.key_result_id,
            progress.as_of_date,
            terms.is_original,
            terms.in_force_from_date <= progress.as_of_date
            and terms.in_force_to_date > progress.as_of_date as is_in_force,
            progress.raw_score,
            progress.original_raw_score,
            readings.lower <= greatest(terms.baseline_value, coalesce(terms.baseline_upper, terms.baseline_value))
            and readings.upper
            >= least(terms.baseline_value, coalesce(terms.baseline_lower, terms.baseline_value)) as is_within,
            (readings.value - terms.baseline_value) / (terms.target_value - terms.baseline_value) as moved,
            (readings.lower - terms.baseline_value) / (terms.target_value - terms.baseline_value) as moved_lower,
            (readings.upper - terms.baseline_value) / (terms.target_value - terms.baseline_value) as moved_upper,
            settings.success_band_good as good
        from {{ ref("fct_key_result_progress") }} as progress
        cross join settings
        inner join
            readings on progress.key_result_id = readings.key_result_id and progress.value_date = readings.read_date
        inner join terms on progress.key_result_id = terms.key_result_id
    ),

    expected_scores as (
        select
            *,
            case
                when not is_within
                then moved
                when good not between least(moved_lower, moved_upper) and greatest(moved_lower, moved_upper)
                then 0
            end as score
        from progress_by_terms
    )

select key_result_id, as_of_date, raw_score, original_raw_score, score
from expected_scores
where
    (is_in_force and abs(coalesce(raw_score, -99) - coalesce(score, -99)) > 1e-9)
    or (is_original and abs(coalesce(original_raw_score, -99) - coalesce(score, -99)) > 1e-9)
