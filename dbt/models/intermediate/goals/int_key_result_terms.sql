with
    versions as (select * from {{ ref("int_key_result_versions") }} where not is_after_due),

    current_key_results as (select key_result_id from {{ ref("stg_key_results") }}),

    cadences as (select * from {{ ref("int_key_result_cadences") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    metric_months as (
        select metric_name, dimension_name, member_id, period_end, lower, upper
        from {{ ref("int_metric_values") }}
        where grain = 'month' and status = 'measured' and not is_partial
    ),

    versions_with_end as (
        select
            versions.*,
            cast(
                coalesce(
                    versions.review_every,
                    cast(settings.review_every as bigint),
                    case when versions.metric_name is null then cadences.learned_days else {{ review_days() }} end
                ) as integer
            ) as review_days,
            lead(versions.valid_from, 1, cast('9999-12-31' as timestamp)) over (
                partition by versions.key_result_id order by versions.valid_from
            ) as in_force_to
        from versions
        cross join settings
        inner join current_key_results on versions.key_result_id = current_key_results.key_result_id
        left join cadences on versions.key_result_id = cadences.key_result_id
    ),

    key_result_terms as (
        select
            versions_with_end.key_result_id,
            versions_with_end.key_result_key,
            versions_with_end.goal_type,
            versions_with_end.direction,
            cast(versions_with_end.baseline_value as double) as baseline_value,
            cast(versions_with_end.target_value as double) as target_value,
            versions_with_end.is_scorable,
            versions_with_end.review_days,
            {{ silence_days("versions_with_end.review_days") }} as silence_days,
            versions_with_end.start_date,
            versions_with_end.due_date,
            versions_with_end.metric_name,
            coalesce(versions_with_end.metric_dimension, 'total') as metric_dimension,
            coalesce(versions_with_end.metric_member_id, 'total') as metric_member_id,
            -- the metric's interval of the month that was complete at the start
            metric_months.lower as baseline_lower,
            metric_months.upper as baseline_upper,
            versions_with_end.valid_from = cast('1900-01-01' as timestamp) as is_original,
            versions_with_end.in_force_to = cast('9999-12-31' as timestamp) as is_newest,
            versions_with_end.valid_from as in_force_from,
            versions_with_end.in_force_to,
            {{ local_date("versions_with_end.valid_from", "settings.time_zone") }} as in_force_from_date,
            {{ local_date("versions_with_end.in_force_to", "settings.time_zone") }} as in_force_to_date
        from versions_with_end
        cross join settings
        left join
            metric_months
            on versions_with_end.metric_name = metric_months.metric_name
            and coalesce(versions_with_end.metric_dimension, 'total') = metric_months.dimension_name
            and coalesce(versions_with_end.metric_member_id, 'total') = metric_months.member_id
            and metric_months.period_end = cast({{ dbt.date_trunc("month", "versions_with_end.start_date") }} as date)
    )

select *
from key_result_terms
