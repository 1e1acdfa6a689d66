with
    versions as (select * from {{ ref("int_key_result_versions") }}),

    objectives as (select * from {{ ref("stg_objectives") }}),

    checkins as (select * from {{ ref("stg_key_result_checkins") }} where confidence is not null),

    settings as (select * from {{ ref("stg_settings") }}),

    first_confidences as (
        select
            versions.key_result_key,
            checkins.confidence,
            row_number() over (partition by versions.key_result_key order by checkins.checked_at) as statement_number
        from versions
        cross join settings
        inner join
            checkins
            on versions.key_result_id = checkins.key_result_id
            and checkins.checked_at >= versions.valid_from
            and checkins.checked_at < versions.valid_to
            and checkins.checked_at <= settings.as_of_at
    ),

    smart_letters as (
        select
            versions.key_result_key,
            objectives.objective_id is not null
            and trim(versions.name) <> ''
            and lower(trim(versions.name)) <> lower(trim(objectives.name)) as is_specific,
            coalesce(
                case
                    versions.goal_type
                    when 'hold'
                    then versions.target_value is not null
                    else versions.target_value <> versions.baseline_value
                end,
                false
            )
            and versions.direction is not null
            and coalesce(trim(versions.unit), versions.metric_name, '') <> '' as is_measurable,
            coalesce(versions.owner_id, objectives.owner_id, objectives.team_id) is not null
            and coalesce(
                versions.goal_type = 'reach'
                or (versions.direction = 'up' and versions.baseline_value >= versions.target_value)
                or (versions.direction = 'down' and versions.baseline_value <= versions.target_value),
                false
            )
            and coalesce(first_confidences.confidence >= {{ even_odds() }}, true) as is_achievable,
            versions.kind = 'outcome' or parents.objective_id is not null as is_relevant,
            coalesce(versions.start_date < versions.due_date, false)
            and coalesce(
                versions.due_date between objectives.period_start and objectives.period_end, true
            ) as is_time_bound
        from versions
        left join objectives on versions.objective_id = objectives.objective_id
        left join objectives as parents on objectives.parent_objective_id = parents.objective_id
        left join
            first_confidences
            on versions.key_result_key = first_confidences.key_result_key
            and first_confidences.statement_number = 1
    ),

    first_versions as (select * from versions where valid_from = cast('1900-01-01' as timestamp)),

    key_results as (
        select
            versions.key_result_key,
            versions.key_result_id,
            versions.name as key_result_name,
            versions.objective_id,
            versions.kind,
            versions.kind = 'outcome' as is_outcome,
            versions.goal_type,
            versions.direction,
            versions.unit,
            cast(versions.baseline_value as double) as baseline_value,
            cast(versions.target_value as double) as target_value,
            versions.start_date,
            versions.due_date,
            cast(counted_versions.baseline_value as double) as counted_baseline_value,
            cast(counted_versions.target_value as double) as counted_target_value,
            counted_versions.start_date as counted_start_date,
            counted_versions.due_date as counted_due_date,
            cast(first_versions.baseline_value as double) as original_baseline_value,
            cast(first_versions.target_value as double) as original_target_value,
            counted_versions.is_scorable,
            versions.is_after_due,
            versions.owner_id as owner_person_id,
            versions.metric_name,
            versions.metric_dimension,
            versions.metric_member_id,
            smart_letters.is_specific,
            smart_letters.is_measurable,
            smart_letters.is_achievable,
            smart_letters.is_relevant,
            smart_letters.is_time_bound,
            smart_letters.is_specific
            and smart_letters.is_measurable
            and smart_letters.is_achievable
            and smart_letters.is_relevant
            and smart_letters.is_time_bound as is_smart,
            versions.source_file,
            versions.source_record,
            versions.valid_from,
            versions.valid_to,
            versions.is_current,
            versions.is_latest
        from versions
        inner join
            versions as counted_versions
            on versions.key_result_id = counted_versions.key_result_id
            and versions.counted_from = counted_versions.valid_from
        inner join first_versions on versions.key_result_id = first_versions.key_result_id
        inner join smart_letters on versions.key_result_key = smart_letters.key_result_key
    )

select *
from key_results
