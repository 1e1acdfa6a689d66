-- one row per key result that has started and day on which its own score is taken: month ends and now while it runs,
-- and
-- its due date
with
    progress as (select * from {{ ref("fct_key_result_progress") }}),

    key_results as (
        select *, is_specific and is_measurable and is_achievable and is_relevant and is_time_bound as is_smart
        from {{ ref("dim_key_result") }}
        where is_current and key_result_key > 0
    ),

    -- what is seen of it now belongs to its due date, once that has passed
    pointed as (select *, least(as_of_date, due_date) as point_date from progress),

    last_points as (select current_key_result_key, point_date from pointed where is_now),

    standing as (
        select pointed.*
        from pointed
        inner join last_points on pointed.current_key_result_key = last_points.current_key_result_key
        where pointed.is_now or pointed.point_date < last_points.point_date
    ),

    described as (
        select
            standing.key_result_progress_key as key_result_point_key,
            standing.current_key_result_key as key_result_key,
            standing.objective_key,
            standing.current_team_key as team_key,
            standing.point_date,
            key_results.is_outcome,
            key_results.is_smart,
            standing.score_status = 'measured' as is_measured,
            case when standing.score_status = 'measured' then standing.clamped_score end as score,
            coalesce(standing.is_on_pace, false) as is_on_pace
        from standing
        inner join key_results on standing.current_key_result_key = key_results.key_result_key
    )

select *
from described
