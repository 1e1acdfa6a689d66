{#-
    The values of one pass: one row per metric, grain, period, dimension and member, from the results of MetricFlow's saved
    queries (`inputs`), with zero or NULL where there was no row, n, interval and status.
-#}
{% macro metric_values(inputs, is_second_round) -%}
    with
        -- MetricFlow also gives rows in which nothing was counted, such as of a work item that isn't delivered
        inputs as (
            select
                *,
                value is not null
                or n > 0
                or n_excluded > 0
                or coalesce(numerator, 0) <> 0
                or coalesce(denominator, 0) <> 0 as has_rows
            from {{ inputs }}
        ),

        definitions as (
            select * from {{ source("metricflow", "metric_definitions") }} where is_second_round = {{ is_second_round }}
        ),

        coverage as (select * from {{ ref("int_metric_coverage") }}),

        members as (select * from {{ ref("int_members") }}),

        nps_intervals as (select * from {{ ref("int_nps_intervals") }}),

        pilot_uplifts as (select * from {{ ref("int_pilot_uplifts") }}),

        settings as (select * from {{ ref("stg_settings") }}),

        given_kinds as (select * from {{ ref("int_given_kinds") }}),

        periods as (
            select distinct grain, period_start, period_end
            from {{ ref("int_date_periods") }}
            cross join settings
            where period_start <= settings.as_of_date
        ),

        -- the total has a row for every period from the first with rows, so that a gap shows, and at least for now
        first_periods as (
            select
                offered.metric_name,
                offered.grain,
                coalesce(min(inputs.period_start), now.period_start) as first_period_start
            from (select metric_name, unnest(grains) as grain from definitions) as offered
            inner join
                (select grain, max(period_start) as period_start from periods group by grain) as now
                on offered.grain = now.grain
            left join
                inputs on offered.metric_name = inputs.metric_name and offered.grain = inputs.grain and inputs.has_rows
            group by offered.metric_name, offered.grain, now.period_start
        ),

        total_spine as (
            select
                definitions.metric_name, periods.grain, periods.period_start, 'total' as dimension_name, 0 as member_key
            from definitions
            inner join first_periods on definitions.metric_name = first_periods.metric_name
            inner join
                periods
                on first_periods.grain = periods.grain
                and periods.period_start >= first_periods.first_period_start
            union all
            select
                metric_name,
                'all' as grain,
                cast(null as date) as period_start,
                'total' as dimension_name,
                0 as member_key
            from definitions
            where list_contains(grains, 'all')
        ),

        cells as (
            select metric_name, grain, period_start, dimension_name, member_key
            from total_spine
            union distinct
            -- a budget may be for a later period; nothing is measured there yet
            select inputs.metric_name, inputs.grain, inputs.period_start, inputs.dimension_name, inputs.member_key
            from inputs
            cross join settings
            where
                (inputs.has_rows or inputs.dimension_name <> 'total')
                and (inputs.period_start is null or inputs.period_start <= settings.as_of_date)
        ),

        cells_with_inputs as (
            select
                cells.*,
                definitions.metric_version,
                definitions.minimum_n,
                definitions.when_empty = 'zero' and given_kinds.kind is not null as is_zero_when_empty,
                definitions.excluded_rows,
                definitions.interval_kind,
                periods.period_end,
                inputs.value as raw_value,
                inputs.numerator,
                inputs.denominator,
                coalesce(inputs.n, 0) as n,
                coalesce(inputs.n_excluded, 0) as n_excluded,
                -- over all time MetricFlow gives a row even if there is nothing to add up
                inputs.value is null and coalesce(inputs.n, 0) = 0 and coalesce(inputs.n_excluded, 0) = 0 as is_empty,
                coverage.covered_days is not null as is_covered,
                coalesce(coverage.covered_days < coverage.period_days, cells.grain <> 'all') as is_partial
            from cells
            inner join definitions on cells.metric_name = definitions.metric_name
            left join given_kinds on definitions.kind_of_rows = given_kinds.kind
            left join
                inputs
                on cells.metric_name = inputs.metric_name
                and cells.grain = inputs.grain
                and cells.period_start is not distinct from inputs.period_start
                and cells.dimension_name = inputs.dimension_name
                and cells.member_key = inputs.member_key
            left join periods on cells.grain = periods.grain and cells.period_start = periods.period_start
            left join
                coverage
                on cells.metric_name = coverage.metric_name
                and cells.grain = coverage.grain
                and cells.period_start is not distinct from coverage.period_start
        ),

        cells_with_value as (
            select
                * exclude (numerator),
                case
                    when not is_covered then null when is_empty and is_zero_when_empty then 0.0 else raw_value
                end as value,
                case when is_empty and is_zero_when_empty then 0.0 else numerator end as numerator
            from cells_with_inputs
        ),

        cells_with_status as (
            select
                *,
                case
                    when value is null
                    then 'not_measured'
                    -- too few rows say less than some that are missing
                    when n < minimum_n
                    then 'insufficient_sample'
                    when
                        (n_excluded > 0 and excluded_rows = 'incomplete')
                        or (n_excluded > n and excluded_rows = 'incomplete_if_most')
                    then 'incomplete'
                    else 'measured'
                end as status,
                -- a cost without a gain counts in the ratio of the whole; nothing of nothing isn't shown as zeros
                value is not null
                or (is_covered and (coalesce(numerator, 0) <> 0 or coalesce(denominator, 0) <> 0)) as has_parts
            from cells_with_value
        ),

        cells_with_interval as (
            select
                cells_with_status.*,
                case
                    when cells_with_status.value is null
                    then null
                    when cells_with_status.interval_kind = 'wilson'
                    then {{ wilson_bound("cells_with_status.value", "cells_with_status.n", "-") }}
                    when cells_with_status.interval_kind = 'nps'
                    then nps_intervals.lower_bound
                    when cells_with_status.interval_kind = 'welch'
                    then pilot_uplifts.lower_bound
                end as lower,
                case
                    when cells_with_status.value is null
                    then null
                    when cells_with_status.interval_kind = 'wilson'
                    then {{ wilson_bound("cells_with_status.value", "cells_with_status.n", "+") }}
                    when cells_with_status.interval_kind = 'nps'
                    then nps_intervals.upper_bound
                    when cells_with_status.interval_kind = 'welch'
                    then pilot_uplifts.upper_bound
                end as upper
            from cells_with_status
            left join
                nps_intervals
                on cells_with_status.interval_kind = 'nps'
                and cells_with_status.grain = nps_intervals.grain
                and cells_with_status.period_start is not distinct from nps_intervals.period_start
                and cells_with_status.dimension_name = nps_intervals.dimension_name
                and cells_with_status.member_key = nps_intervals.member_key
            left join
                pilot_uplifts
                on cells_with_status.interval_kind = 'welch'
                and cells_with_status.metric_name = 'pilot_uplift_' || pilot_uplifts.measure
        ),

        metric_values as (
            select
                {{
                    surrogate_key(
                        [
                            "cells_with_interval.metric_name",
                            "cells_with_interval.metric_version",
                            "cells_with_interval.grain",
                            "cells_with_interval.period_start",
                            "cells_with_interval.dimension_name",
                            "cells_with_interval.member_key",
                        ]
                    )
                }} as metric_value_key,
                cells_with_interval.metric_name,
                cast(cells_with_interval.metric_version as integer) as metric_version,
                cells_with_interval.grain,
                cells_with_interval.period_start,
                cells_with_interval.period_end,
                cells_with_interval.dimension_name,
                cast(cells_with_interval.member_key as bigint) as member_key,
                members.member_id,
                members.member_name,
                cells_with_interval.value,
                case when cells_with_interval.has_parts then cells_with_interval.numerator end as numerator,
                case when cells_with_interval.has_parts then cells_with_interval.denominator end as denominator,
                cast(cells_with_interval.n as bigint) as n,
                cast(cells_with_interval.n_excluded as bigint) as n_excluded,
                cells_with_interval.lower,
                cells_with_interval.upper,
                cells_with_interval.status,
                cells_with_interval.is_partial
            from cells_with_interval
            inner join
                members
                on cells_with_interval.dimension_name = members.dimension_name
                and cells_with_interval.member_key = members.member_key
            -- a member without rows has no figure; the total of a period says that there is none
            where
                cells_with_interval.dimension_name = 'total'
                or cells_with_interval.has_parts
                or cells_with_interval.n > 0
                or cells_with_interval.n_excluded > 0
        )

    select *
    from metric_values
{%- endmacro %}
