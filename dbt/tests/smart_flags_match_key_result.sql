-- Five flags say whether a goal can be judged at all; each is derived here again from the goal as declared.
{{ config(meta={"dagster": {"ref": {"name": "dim_key_result"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    versions as (select * from {{ ref("dim_key_result") }} where key_result_key > 0),

    objectives as (select * from {{ ref("stg_objectives") }}),

    first_confidences as (
        select versions.key_result_key, min_by(checkins.confidence, checkins.checked_at) as first_confidence
        from versions
        cross join settings
        inner join
            {{ ref("stg_key_result_checkins") }} as checkins
            on versions.key_result_id = checkins.key_result_id
            and checkins.checked_at >= versions.valid_from
            and checkins.checked_at < versions.valid_to
            and checkins.checked_at <= settings.as_of_at
        where checkins.confidence is not null
        group by versions.key_result_key
    ),

    versions_with_objective as (
        select
            versions.*,
            objectives.objective_id is not null as has_objective,
            objectives.name as name_of_objective,
            objectives.owner_id as owner_of_objective,
            objectives.team_id as team_of_objective,
            objectives.period_start,
            objectives.period_end,
            parents.objective_id is not null as has_parent,
            first_confidences.first_confidence
        from versions
        left join objectives on versions.objective_id = objectives.objective_id
        left join objectives as parents on objectives.parent_objective_id = parents.objective_id
        left join first_confidences on versions.key_result_key = first_confidences.key_result_key
    )

select key_result_id, valid_from, is_specific, is_measurable, is_achievable, is_relevant, is_time_bound
from versions_with_objective
where
    is_specific is distinct from (
        has_objective
        and length(trim(key_result_name)) > 0
        and lower(trim(key_result_name)) <> lower(trim(name_of_objective))
    )
    or is_measurable is distinct from (
        target_value is not null
        and if(goal_type = 'hold', true, abs(target_value - baseline_value) > 0) is true
        and direction is not null
        and length(coalesce(trim(unit), metric_name, '')) > 0
    )
    or is_achievable is distinct from (
        (owner_person_id is not null or owner_of_objective is not null or team_of_objective is not null)
        and (
            goal_type = 'reach'
            or case
                when direction = 'up'
                then baseline_value >= target_value
                else direction = 'down' and baseline_value <= target_value
            end
            is true
        )
        and not coalesce(first_confidence < 0.5, false)
    )
    or is_relevant is distinct from (is_outcome or has_parent)
    or is_time_bound is distinct from (
        due_date - start_date > 0 is true and not coalesce(due_date < period_start or due_date > period_end, false)
    )
    or is_outcome <> (kind = 'outcome')
