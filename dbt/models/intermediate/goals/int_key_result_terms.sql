-- one row per key result that stands and a version of it whose terms counted: what its values are held against, from
-- when
-- to when, and how sure its metric was of the baseline
with
    versions as (select * from {{ ref("int_key_result_versions") }} where not is_after_due),

    standing as (select key_result_id from {{ ref("stg_key_results") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    metric_months as (
        select metric_name, dimension_name, member_id, period_end, lower, upper
        from {{ ref("int_metric_values") }}
        where grain = 'month' and status = 'measured' and not is_partial
    ),

    bounded as (
        select
            versions.*,
            lead(versions.valid_from, 1, cast('9999-12-31' as timestamp)) over (
                partition by versions.key_result_id order by versions.valid_from
            ) as in_force_to
        from versions
        inner join standing on versions.key_result_id = standing.key_result_id
    ),

    held_against as (
        select
            bounded.key_result_id,
            bounded.key_result_key,
            bounded.goal_type,
            bounded.direction,
            cast(bounded.baseline_value as double) as baseline_value,
            cast(bounded.target_value as double) as target_value,
            bounded.start_date,
            bounded.due_date,
            bounded.metric_name,
            coalesce(bounded.metric_dimension, 'total') as metric_dimension,
            coalesce(bounded.metric_member_id, 'total') as metric_member_id,
            -- the metric's interval of the month that was complete at the start
            metric_months.lower as baseline_lower,
            metric_months.upper as baseline_upper,
            bounded.valid_from = cast('1900-01-01' as timestamp) as is_original,
            bounded.in_force_to = cast('9999-12-31' as timestamp) as is_newest,
            bounded.valid_from as in_force_from,
            bounded.in_force_to,
            {{ local_date("bounded.valid_from", "settings.time_zone") }} as in_force_from_date,
            {{ local_date("bounded.in_force_to", "settings.time_zone") }} as in_force_to_date
        from bounded
        cross join settings
        left join
            metric_months
            on bounded.metric_name = metric_months.metric_name
            and coalesce(bounded.metric_dimension, 'total') = metric_months.dimension_name
            and coalesce(bounded.metric_member_id, 'total') = metric_months.member_id
            and metric_months.period_end = cast({{ dbt.date_trunc("month", "bounded.start_date") }} as date)
    )

select *
from held_against
