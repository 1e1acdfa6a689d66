-- The page opens with how much work of a period created value, compared with before: both are counted here again.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_summary"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    summary_rows as (select * from {{ ref("value_summary") }}),

    published_totals as (
        select
            grain,
            period_start_date,
            value_status,
            is_judged,
            sum(deliverables) as deliverables,
            sum(cost_reporting_amount) as cost_reporting_amount
        from summary_rows
        where dimension_name = 'total' and grain <> 'all'
        group by all
    ),

    expected_totals as (
        select
            periods.grain,
            periods.period_start as period_start_date,
            work.value_status,
            work.is_judged,
            count(*) as deliverables,
            sum(work.cost_reporting_amount) as cost_reporting_amount
        from {{ ref("value_realization") }} as work
        inner join {{ ref("int_date_periods") }} as periods on work.delivery_date = periods.date_day
        where work.level = 'deliverable' and periods.grain not in ('day', 'week')
        group by all
    ),

    wrong_totals as (
        select
            coalesce(published_totals.grain, expected_totals.grain) as grain,
            coalesce(published_totals.period_start_date, expected_totals.period_start_date) as period_start_date
        from published_totals
        full outer join
            expected_totals
            on published_totals.grain = expected_totals.grain
            and published_totals.period_start_date = expected_totals.period_start_date
            and published_totals.value_status = expected_totals.value_status
            and published_totals.is_judged = expected_totals.is_judged
        where
            coalesce(published_totals.deliverables, 0) <> coalesce(expected_totals.deliverables, 0)
            or coalesce(published_totals.cost_reporting_amount, 0) <> coalesce(expected_totals.cost_reporting_amount, 0)
            -- a cost that nobody knows is no cost of 0
            or (
                expected_totals.cost_reporting_amount is null
                and expected_totals.deliverables > 0
                and published_totals.cost_reporting_amount is not null
            )
    ),

    period_spans as (
        select distinct
            grain,
            period_start_date,
            case
                grain when 'month' then interval 1 month when 'quarter' then interval 3 month else interval 1 year
            end as length,
            min(period_start_date) over (partition by grain) as first_start_date
        from summary_rows
        where grain <> 'all'
    ),

    periods_with_comparison as (
        select
            period_spans.grain,
            period_spans.period_start_date,
            period_start_date + length as end_date,
            end_date > settings.as_of_date + 1 as is_open,
            list_filter(
                [period_start_date - interval 1 year, period_start_date - length],
                lambda start_date:start_date >= first_start_date
            ) as earlier
        from period_spans
        inner join settings on period_spans.period_start_date <= settings.as_of_date
    ),

    -- what is too early to judge is in no status yet that a year before could be held against
    unripe_periods as (
        select grain, dimension_name, member_key, period_start_date
        from summary_rows
        where value_status = 'too_early' and deliverables > 0 and period_start_date is not null
    ),

    compared_rows as (
        select
            summary_rows.*,
            periods_with_comparison.end_date,
            coalesce(periods_with_comparison.is_open, false) as is_open,
            if(periods_with_comparison.is_open, null, periods_with_comparison.earlier[1]) as earlier_start_date,
            earlier.deliverables as earlier_deliverables,
            earlier.cost_reporting_amount as earlier_cost,
            if(
                earlier_start_date is null,
                null,
                (summary_rows.grain, summary_rows.dimension_name, summary_rows.member_key, earlier_start_date)
                not in (select * from unripe_periods)
                and (
                    summary_rows.grain,
                    summary_rows.dimension_name,
                    summary_rows.member_key,
                    summary_rows.period_start_date
                )
                not in (select * from unripe_periods)
            ) as expected_comparable
        from summary_rows
        left join
            periods_with_comparison
            on summary_rows.grain = periods_with_comparison.grain
            and summary_rows.period_start_date = periods_with_comparison.period_start_date
        left join
            summary_rows as earlier
            on summary_rows.grain = earlier.grain
            and summary_rows.compared_period_start_date = earlier.period_start_date
            and summary_rows.dimension_name = earlier.dimension_name
            and summary_rows.member_key = earlier.member_key
            and summary_rows.value_status = earlier.value_status
    ),

    -- what was there before and has gone since counts as 0
    missing_rows as (
        select periods_with_comparison.grain, periods_with_comparison.period_start_date
        from periods_with_comparison
        inner join
            summary_rows as earlier
            on periods_with_comparison.grain = earlier.grain
            and periods_with_comparison.earlier[1] = earlier.period_start_date
            and earlier.deliverables > 0
        anti join
            summary_rows
            on periods_with_comparison.grain = summary_rows.grain
            and periods_with_comparison.period_start_date = summary_rows.period_start_date
            and earlier.dimension_name = summary_rows.dimension_name
            and earlier.member_key = summary_rows.member_key
            and earlier.value_status = summary_rows.value_status
        where not periods_with_comparison.is_open
    )

select grain, period_start_date, 'forgotten' as fault
from missing_rows
union all
select grain, period_start_date, 'counted otherwise' as fault
from wrong_totals
union all
select grain, period_start_date, 'compared otherwise' as fault
from compared_rows
where
    period_end_date is distinct from end_date
    or is_partial <> is_open
    or compared_period_start_date is distinct from earlier_start_date
    or is_comparable is distinct from expected_comparable
    or (compared_deliverables is null) <> (not coalesce(expected_comparable, false))
    or compared_deliverables <> coalesce(earlier_deliverables, 0)
    or compared_cost_reporting_amount is distinct from case
        when not coalesce(expected_comparable, false)
        then null
        when coalesce(earlier_deliverables, 0) = 0 and coalesce(earlier_cost, 0) = 0
        then cost_reporting_amount * 0
        else earlier_cost
    end
