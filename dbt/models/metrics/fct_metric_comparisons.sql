-- "better" and "worse" are statistically significant over the whole table (Benjamini and Hochberg 1995)
with
    measured_values as (
        select
            *,
            case
                when grain = 'week'
                then cast({{ dbt.dateadd("day", -364, "period_start") }} as date)
                else cast({{ dbt.dateadd("year", -1, "period_start") }} as date)
            end as year_ago_start
        from {{ ref("fct_metric_values") }}
        where status = 'measured' and not is_partial and grain not in ('day', 'all')
    ),

    metric_directions as (select metric_name, metric_version, direction from {{ ref("dim_metric") }}),

    earlier_values as (
        select
            newer.metric_value_key,
            older.period_start as compared_period_start,
            older.value as compared_value,
            older.lower as compared_lower,
            older.upper as compared_upper,
            older.period_start = newer.year_ago_start as is_year_before
        from measured_values as newer
        inner join
            measured_values as older
            on newer.metric_name = older.metric_name
            and newer.metric_version = older.metric_version
            and newer.grain = older.grain
            and newer.dimension_name = older.dimension_name
            and newer.member_key = older.member_key
            and older.period_start < newer.period_start
            and (older.period_start = newer.year_ago_start or older.period_end = newer.period_start)
    ),

    comparison_values as (
        select *
        from
            (
                select *, row_number() over (partition by metric_value_key order by compared_period_start) as place
                from earlier_values
            )
        where place = 1
    ),

    changes as (
        select
            measured_values.metric_value_key,
            measured_values.metric_name,
            measured_values.metric_version,
            measured_values.grain,
            measured_values.period_start,
            measured_values.dimension_name,
            measured_values.member_key,
            case when comparison_values.is_year_before then 'year_before' else 'period_before' end as compared_with,
            comparison_values.compared_period_start,
            measured_values.value,
            comparison_values.compared_value,
            measured_values.value - comparison_values.compared_value as change,
            metric_directions.direction,
            {{
                standard_error_of_change(
                    "measured_values.value",
                    "measured_values.lower",
                    "measured_values.upper",
                    "comparison_values.compared_value",
                    "comparison_values.compared_lower",
                    "comparison_values.compared_upper",
                )
            }} as standard_error
        from measured_values
        inner join comparison_values on measured_values.metric_value_key = comparison_values.metric_value_key
        inner join
            metric_directions
            on measured_values.metric_name = metric_directions.metric_name
            and measured_values.metric_version = metric_directions.metric_version
    ),

    changes_with_p_value as (
        select
            *,
            case
                when standard_error is null
                then null
                when change = 0
                then 1.0
                when standard_error = 0
                then 0.0
                else {{ two_sided_p("(abs(change) / standard_error)") }}
            end as p_value
        from changes
    ),

    ranked_changes as (
        select
            *,
            count(p_value) over () as tests,
            count(p_value) over (order by p_value range between unbounded preceding and current row) as tests_so_far
        from changes_with_p_value
    ),

    changes_with_adjusted_p_value as (
        select
            *,
            case
                when p_value is not null
                then
                    least(
                        1.0,
                        min(p_value * tests / tests_so_far) over (
                            order by p_value range between current row and unbounded following
                        )
                    )
            end as adjusted_p_value
        from ranked_changes
    )

select
    metric_value_key,
    metric_name,
    metric_version,
    grain,
    period_start,
    dimension_name,
    member_key,
    compared_with,
    compared_period_start,
    value,
    compared_value,
    change,
    standard_error,
    p_value,
    adjusted_p_value,
    case
        when adjusted_p_value is null
        then 'not_tested'
        when adjusted_p_value > 0.05
        then 'no_clear_change'
        when (change > 0) = (direction = 'up')
        then 'better'
        else 'worse'
    end as verdict
from changes_with_adjusted_p_value
