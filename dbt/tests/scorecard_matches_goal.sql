-- A scorecard is read alone: what a goal is, whose it is, what it counts from and where it leads must be the goal's
-- own.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "goal_scorecard"}}}) }}

with
    goals as (select * from {{ ref("dim_key_result") }} where is_current),

    progress as (select * from {{ ref("fct_key_result_progress") }} where is_now),

    objectives as (select * from {{ ref("dim_objective") }} where objective_key > 0),

    people as (select person_id, team_id from {{ ref("stg_people") }}),

    latest_teams as (select team_id, team_key from {{ ref("dim_team") }} where is_latest),

    trends as (
        select
            key_result_id,
            avg(value) as mean_value,
            avg(read_date - date '2000-01-01') as mean_day,
            regr_slope(value, read_date - date '2000-01-01') as value_per_day
        from {{ ref("int_key_result_readings") }}
        group by key_result_id
        having count(*) > 1
    ),

    compared_goals as (
        select
            shown.*,
            row(
                goals.key_result_id,
                goals.key_result_name,
                goals.objective_id,
                goals.owner_person_id,
                goals.kind,
                goals.is_outcome,
                goals.goal_type,
                goals.direction,
                goals.unit,
                goals.metric_name,
                goals.original_target_value,
                [
                    goals.is_specific,
                    goals.is_measurable,
                    goals.is_achievable,
                    goals.is_relevant,
                    goals.is_time_bound,
                    goals.is_smart
                ]
            ) as expected_goal,
            row(
                coalesce(progress.baseline_value, goals.counted_baseline_value),
                coalesce(progress.target_value, goals.counted_target_value),
                coalesce(progress.start_date, goals.counted_start_date),
                coalesce(progress.due_date, goals.counted_due_date)
            ) as expected_terms,
            row(
                progress.value_date,
                coalesce(progress.readings, 0),
                if(progress.score_status = 'measured', progress.raw_score, null),
                progress.expected_pace,
                progress.current_value,
                progress.is_held,
                progress.days_since_check_in,
                progress.review_days,
                coalesce(progress.is_silent, false)
            ) as expected_reading,
            row(
                {{ member_key("goals.objective_id", "objectives.objective_key") }},
                parents.objective_name,
                coalesce(objectives.team_key, -2)
            ) as expected_objective,
            if(
                people.person_id is null, objectives.team_id, coalesce(people.team_id, objectives.team_id)
            ) as owner_team_id,
            if(
                progress.score_status in ('measured', 'within_noise') and not progress.is_final,
                trends.mean_value
                + trends.value_per_day
                * (coalesce(progress.due_date, goals.counted_due_date) - date '2000-01-01' - trends.mean_day),
                null
            ) as expected_forecast,
            goals.is_scorable
        from {{ ref("goal_scorecard") }} as shown
        left join goals on shown.key_result_key = goals.key_result_key
        left join progress on shown.key_result_id = progress.key_result_id
        left join objectives on goals.objective_id = objectives.objective_id
        left join objectives as parents on objectives.parent_objective_id = parents.objective_id
        left join people on coalesce(goals.owner_person_id, objectives.owner_person_id) = people.person_id
        left join trends on shown.key_result_id = trends.key_result_id
    ),

    compared_goals_with_forecast as (
        select
            compared_goals.*,
            {{ member_key("owner_team_id", "latest_teams.team_key") }} as expected_owner_team_key,
            case
                when not is_scorable or forecast_value is null
                then null
                when goal_type = 'hold'
                then if(round(if(direction = 'up', 1, -1) * (forecast_value - target_value), 10) >= 0, 1, 0)
                else greatest(0, least(1, (forecast_value - baseline_value) / (target_value - baseline_value)))
            end as expected_forecast_score
        from compared_goals
        left join latest_teams on compared_goals.owner_team_id = latest_teams.team_id
    )

select key_result_id, key_result_name, objective_name, owner_team_key, value_date, forecast_value, expected_forecast
from compared_goals_with_forecast
where
    row(
        key_result_id,
        key_result_name,
        objective_id,
        owner_person_id,
        kind,
        is_outcome,
        goal_type,
        direction,
        unit,
        metric_name,
        original_target_value,
        [is_specific, is_measurable, is_achievable, is_relevant, is_time_bound, is_smart]
    )
    is distinct from expected_goal
    or row(baseline_value, target_value, start_date, due_date) is distinct from expected_terms
    or row(
        value_date,
        readings,
        raw_score,
        expected_pace,
        current_value,
        is_held,
        days_since_check_in,
        review_days,
        is_silent
    )
    is distinct from expected_reading
    or row(objective_key, parent_objective_name, team_key) is distinct from expected_objective
    or owner_team_key <> expected_owner_team_key
    or (forecast_value is null) <> (expected_forecast is null)
    or abs(forecast_value - expected_forecast) > 0.00001 * greatest(1, abs(expected_forecast))
    or (forecast_score is null) <> (expected_forecast_score is null)
    or abs(forecast_score - expected_forecast_score) > 0.000000001
