with
    key_results as (select * from {{ ref("dim_key_result") }} where is_current and key_result_key > 0),

    versions as (select * from {{ ref("dim_key_result") }} where key_result_key > 0),

    objectives as (select * from {{ ref("dim_objective") }}),

    objective_scores as (select * from {{ ref("msr_objective_scores") }}),

    progress as (select * from {{ ref("fct_key_result_progress") }} where is_now),

    readings as (select * from {{ ref("int_key_result_readings") }}),

    people as (select * from {{ ref("stg_people") }}),

    teams as (select * from {{ ref("dim_team") }} where is_latest),

    settings as (select * from {{ ref("stg_settings") }}),

    goal_changes as (
        select
            versions.key_result_id,
            bool_or(versions.is_after_due) as has_change_after_due,
            bool_or(
                versions.counted_baseline_value is distinct from versions.original_baseline_value
                or versions.counted_target_value is distinct from versions.original_target_value
            ) as is_rebaselined
        from versions
        group by versions.key_result_id
    ),

    last_confidences as (
        select
            key_result_id, confidence, row_number() over (partition by key_result_id order by read_date desc) as recency
        from readings
        where confidence is not null
    ),

    terms as (
        select
            key_results.*,
            coalesce(progress.baseline_value, key_results.counted_baseline_value) as scored_baseline_value,
            coalesce(progress.target_value, key_results.counted_target_value) as scored_target_value,
            coalesce(progress.start_date, key_results.counted_start_date) as scored_start_date,
            coalesce(progress.due_date, key_results.counted_due_date) as scored_due_date
        from key_results
        left join progress on key_results.key_result_key = progress.current_key_result_key
    ),

    -- the straight line of least squares through its readings
    trends as (
        select
            terms.key_result_key,
            terms.goal_type,
            terms.direction,
            terms.is_scorable,
            terms.scored_baseline_value as baseline_value,
            terms.scored_target_value as target_value,
            round(
                regr_intercept(
                    readings.value,
                    {{ dbt.datediff("readings.read_date", "terms.scored_due_date", "day") }}
                    order by readings.read_date, readings.value
                ),
                6
            ) as forecast_value
        from terms
        inner join readings on terms.key_result_id = readings.key_result_id
        group by all
        having count(*) >= 2
    ),

    forecasts as (
        select
            key_result_key, forecast_value, {{ key_result_score("trends.forecast_value", "trends") }} as forecast_score
        from trends
    ),

    goals_with_owner as (
        select
            terms.*,
            {{ member_key("terms.objective_id", "objectives.objective_key") }} as objective_key,
            parents.objective_name as parent_objective_name,
            coalesce(objectives.team_key, -2) as team_key,
            -- the team of who owns the key result, else of who owns its objective, else the objective's
            {{ member_key("coalesce(people.team_id, objectives.team_id)", "owner_teams.team_key") }} as owner_team_key
        from terms
        left join objectives on terms.objective_id = objectives.objective_id
        left join objectives as parents on objectives.parent_objective_id = parents.objective_id
        left join people on coalesce(terms.owner_person_id, objectives.owner_person_id) = people.person_id
        left join teams as owner_teams on coalesce(people.team_id, objectives.team_id) = owner_teams.team_id
    ),

    goals_with_progress as (
        select
            goals_with_owner.*,
            settings.as_of_date,
            settings.success_band_good,
            settings.success_band_fair,
            objectives.objective_name,
            teams.team_name,
            owner_teams.team_name as owner_team_name,
            progress.value,
            progress.value_date,
            progress.readings,
            coalesce(progress.is_final, false) as is_final,
            progress.score_status,
            case when progress.score_status = 'measured' then progress.clamped_score end as score,
            case when progress.score_status = 'measured' then progress.raw_score end as raw_score,
            case when progress.score_status = 'measured' then progress.original_clamped_score end as original_score,
            progress.expected_pace,
            progress.is_on_pace,
            case
                when progress.score_status in ('measured', 'within_noise') and not progress.is_final
                then forecasts.forecast_value
            end as forecast_value,
            case
                when progress.score_status in ('measured', 'within_noise') and not progress.is_final
                then {{ clamped_score("forecasts.forecast_score") }}
            end as forecast_score,
            progress.current_value,
            progress.current_score,
            progress.best_score,
            progress.is_held,
            progress.days_since_check_in,
            progress.review_days,
            coalesce(progress.is_silent, false) as is_silent,
            last_confidences.confidence as last_confidence,
            goal_changes.is_rebaselined,
            goal_changes.has_change_after_due,
            cast(objective_scores.objective_score as double) as objective_score,
            coalesce(objective_scores.objective_score_status, 'not_measured') as objective_score_status
        from goals_with_owner
        cross join settings
        left join objectives on goals_with_owner.objective_key = objectives.objective_key
        left join teams on goals_with_owner.team_key = teams.team_key
        left join teams as owner_teams on goals_with_owner.owner_team_key = owner_teams.team_key
        left join progress on goals_with_owner.key_result_key = progress.current_key_result_key
        left join forecasts on goals_with_owner.key_result_key = forecasts.key_result_key
        left join
            last_confidences
            on goals_with_owner.key_result_id = last_confidences.key_result_id
            and last_confidences.recency = 1
        left join goal_changes on goals_with_owner.key_result_id = goal_changes.key_result_id
        left join objective_scores on goals_with_owner.objective_key = objective_scores.objective_key
    ),

    goals_with_band as (
        select
            *,
            case
                when score is null
                then 'not_measured'
                when score >= success_band_good
                then 'good'
                when score >= success_band_fair
                then 'fair'
                else 'poor'
            end as score_band
        from goals_with_progress
    ),

    scorecard as (
        select
            key_result_key,
            key_result_id,
            key_result_name,
            objective_key,
            objective_id,
            objective_name,
            parent_objective_name,
            team_key,
            team_name,
            owner_team_key,
            owner_team_name,
            owner_person_id,
            kind,
            is_outcome,
            goal_type,
            direction,
            unit,
            metric_name,
            scored_baseline_value as baseline_value,
            scored_target_value as target_value,
            original_target_value,
            scored_start_date as start_date,
            scored_due_date as due_date,
            is_final,
            case
                when scored_start_date > as_of_date
                then 'not_started'
                when score is null
                then 'not_measured'
                when not is_final and is_on_pace
                then 'on_track'
                when not is_final
                then 'behind'
                when score_band = 'good'
                then 'reached'
                when score_band = 'fair'
                then 'partly_reached'
                else 'missed'
            end as goal_status,
            case
                when scored_start_date > as_of_date
                then 'it_starts_later'
                when not is_scorable and scored_target_value is null
                then 'it_has_no_target'
                when not is_scorable and goal_type = 'reach' and scored_baseline_value is null
                then 'it_has_no_baseline'
                when not is_scorable and goal_type = 'hold' and direction is null
                then 'it_has_no_direction'
                when not is_scorable
                then 'it_has_no_start_or_due_date'
                when score_status = 'measured'
                then 'measured'
                when score_status = 'within_noise'
                then 'its_metric_moved_within_noise'
                when score_status = 'silent' and is_final
                then 'not_read_within_its_cadence_before_it_was_due'
                when score_status = 'silent'
                then 'not_read_for_longer_than_its_cadence'
                when metric_name is not null
                then 'its_metric_has_no_complete_month_yet'
                else 'never_read'
            end as goal_status_reason,
            value,
            value_date,
            coalesce(readings, 0) as readings,
            score,
            raw_score,
            score_band,
            original_score,
            expected_pace,
            is_on_pace,
            forecast_value,
            forecast_score,
            current_value,
            current_score,
            best_score,
            is_held,
            days_since_check_in,
            review_days,
            is_silent,
            cast(last_confidence as double) as last_confidence,
            is_rebaselined,
            has_change_after_due,
            is_specific,
            is_measurable,
            is_achievable,
            is_relevant,
            is_time_bound,
            is_smart,
            case
                when is_smart
                then 'none'
                else
                    concat_ws(
                        ', ',
                        case when not is_specific then 'specific' end,
                        case when not is_measurable then 'measurable' end,
                        case when not is_achievable then 'achievable' end,
                        case when not is_relevant then 'relevant' end,
                        case when not is_time_bound then 'time-bound' end
                    )
            end as smart_gaps,
            objective_score,
            objective_score_status
        from goals_with_band
    )

select *
from scorecard
