with
    progress as (select * from {{ ref("fct_key_result_progress") }}),

    key_results as (select * from {{ ref("dim_key_result") }} where is_current and key_result_key > 0),

    links as (select key_result_id, deliverable_key from {{ ref("bridge_deliverable_key_result") }}),

    begun_work as (
        select deliverable_key, current_team_key
        from {{ ref("fct_deliverables") }}
        where status_category in ('in_progress', 'done')
    ),

    teams_per_key_result as (
        select
            links.key_result_id,
            count(distinct case when begun_work.current_team_key > 0 then begun_work.current_team_key end) as teams
        from links
        inner join begun_work on links.deliverable_key = begun_work.deliverable_key
        group by links.key_result_id
    ),

    -- once the due date has passed, the score of now belongs to it
    progress_with_point_date as (select *, least(as_of_date, due_date) as point_date from progress),

    last_points as (select current_key_result_key, point_date from progress_with_point_date where is_now),

    current_points as (
        select progress_with_point_date.*
        from progress_with_point_date
        inner join last_points on progress_with_point_date.current_key_result_key = last_points.current_key_result_key
        where progress_with_point_date.is_now or progress_with_point_date.point_date < last_points.point_date
    ),

    points_with_key_result as (
        select
            current_points.key_result_progress_key as key_result_point_key,
            current_points.current_key_result_key as key_result_key,
            current_points.objective_key,
            current_points.current_team_key as team_key,
            current_points.point_date,
            key_results.is_outcome,
            key_results.is_smart,
            -- no work has no team, but work whose team nobody knows may be anyone's
            case
                when teams_per_key_result.teams = 0 then null else coalesce(teams_per_key_result.teams > 1, false)
            end as is_shared,
            current_points.score_status = 'measured' as is_measured,
            -- a decimal, as a mean of floats depends on the order of the rows
            cast(
                case when current_points.score_status = 'measured' then current_points.clamped_score end as decimal(
                    14, 12
                )
            ) as score,
            coalesce(current_points.is_on_pace, false) as is_on_pace
        from current_points
        inner join key_results on current_points.current_key_result_key = key_results.key_result_key
        left join teams_per_key_result on key_results.key_result_id = teams_per_key_result.key_result_id
    )

select *
from points_with_key_result
