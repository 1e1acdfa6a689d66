with
    versions as (
        {{
            row_versions(
                "key_results",
                "key_result_id",
                [
                    "objective_id",
                    "name",
                    "kind",
                    "goal_type",
                    "unit",
                    "direction",
                    "baseline_value",
                    "target_value",
                    "start_date",
                    "due_date",
                    "review_every",
                    "owner_id",
                    "metric_name",
                    "metric_dimension",
                    "metric_member_id",
                ],
            )
        }}
    ),

    settings as (select * from {{ ref("stg_settings") }}),

    versions_with_previous_due_date as (
        select
            versions.* exclude (direction),
            case
                when versions.goal_type = 'hold'
                then versions.direction
                when versions.target_value > versions.baseline_value
                then 'up'
                when versions.target_value <= versions.baseline_value
                then 'down'
                else versions.direction
            end as direction,
            versions.target_value is not null
            and case
                versions.goal_type
                when 'hold'
                then versions.direction is not null
                else versions.baseline_value is not null
            end
            and versions.start_date is not null
            and versions.due_date is not null as is_scorable,
            {{ local_date("versions.valid_from", "settings.time_zone") }} as observed_date,
            lag(versions.due_date) over (
                partition by versions.key_result_id order by versions.valid_from
            ) as previous_due_date
        from versions
        cross join settings
    ),

    versions_with_lateness as (
        select
            * exclude (observed_date, previous_due_date),
            bool_or(coalesce(observed_date > previous_due_date, false)) over (
                partition by key_result_id order by valid_from rows between unbounded preceding and current row
            ) as is_after_due
        from versions_with_previous_due_date
    ),

    versions_with_counted_terms as (
        select
            *,
            max(case when not is_after_due then valid_from end) over (
                partition by key_result_id order by valid_from rows between unbounded preceding and current row
            ) as counted_from
        from versions_with_lateness
    )

select {{ surrogate_key(["key_result_id", "valid_from"]) }} as key_result_key, versions_with_counted_terms.*
from versions_with_counted_terms
