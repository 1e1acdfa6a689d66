-- The page's first answer is how much work of a period created value, and was it more than before: both are counted
-- here.
{{ config(tags=["after_metrics"], meta={"dagster": {"ref": {"name": "value_summary"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    shown as (select * from {{ ref("value_summary") }}),

    totals as (
        select
            grain,
            period_start_date,
            value_status,
            sum(deliverables) as deliverables,
            sum(cost_reporting_amount) as cost_reporting_amount
        from shown
        where dimension_name = 'total' and grain <> 'all'
        group by all
    ),

    counted as (
        select
            periods.grain,
            periods.period_start as period_start_date,
            work.value_status,
            count(*) as deliverables,
            sum(work.cost_reporting_amount) as cost_reporting_amount
        from {{ ref("value_realization") }} as work
        inner join {{ ref("int_date_periods") }} as periods on work.delivery_date = periods.date_day
        where work.level = 'deliverable' and periods.grain not in ('day', 'week')
        group by all
    ),

    miscounted as (
        select
            coalesce(totals.grain, counted.grain) as grain,
            coalesce(totals.period_start_date, counted.period_start_date) as period_start_date
        from totals
        full outer join
            counted
            on totals.grain = counted.grain
            and totals.period_start_date = counted.period_start_date
            and totals.value_status = counted.value_status
        where
            coalesce(totals.deliverables, 0) <> coalesce(counted.deliverables, 0)
            or coalesce(totals.cost_reporting_amount, 0) <> coalesce(counted.cost_reporting_amount, 0)
            -- a cost that nobody knows is no cost of 0
            or (
                counted.cost_reporting_amount is null
                and counted.deliverables > 0
                and totals.cost_reporting_amount is not null
            )
    ),

    spans as (
        select distinct
            grain,
            period_start_date,
            case
                grain when 'month' then interval 1 month when 'quarter' then interval 3 month else interval 1 year
            end as length,
            min(period_start_date) over (partition by grain) as first_start_date
        from shown
        where grain <> 'all'
    ),

    dated as (
        select
            spans.grain,
            spans.period_start_date,
            period_start_date + length as end_date,
            end_date > settings.as_of_date + 1 as is_open,
            list_filter(
                [period_start_date - interval 1 year, period_start_date - length],
                lambda start_date:start_date >= first_start_date
            ) as earlier
        from spans
        inner join settings on spans.period_start_date <= settings.as_of_date
    ),

    told as (
        select
            shown.*,
            dated.end_date,
            coalesce(dated.is_open, false) as is_open,
            if(dated.is_open, null, dated.earlier[1]) as earlier_start_date,
            earlier.deliverables as earlier_deliverables,
            earlier.cost_reporting_amount as earlier_cost
        from shown
        left join dated on shown.grain = dated.grain and shown.period_start_date = dated.period_start_date
        left join
            shown as earlier
            on shown.grain = earlier.grain
            and shown.compared_period_start_date = earlier.period_start_date
            and shown.dimension_name = earlier.dimension_name
            and shown.member_key = earlier.member_key
            and shown.value_status = earlier.value_status
    ),

    -- what was there before and has gone since is told as 0
    forgotten as (
        select dated.grain, dated.period_start_date
        from dated
        inner join
            shown as earlier
            on dated.grain = earlier.grain
            and dated.earlier[1] = earlier.period_start_date
            and earlier.deliverables > 0
        anti join
            shown
            on dated.grain = shown.grain
            and dated.period_start_date = shown.period_start_date
            and earlier.dimension_name = shown.dimension_name
            and earlier.member_key = shown.member_key
            and earlier.value_status = shown.value_status
        where not dated.is_open
    )

select grain, period_start_date, 'forgotten' as fault
from forgotten
union all
select grain, period_start_date, 'counted otherwise' as fault
from miscounted
union all
select grain, period_start_date, 'compared otherwise' as fault
from told
where
    period_end_date is distinct from end_date
    or is_partial <> is_open
    or compared_period_start_date is distinct from earlier_start_date
    or (compared_deliverables is null) <> (earlier_start_date is null)
    or compared_deliverables <> coalesce(earlier_deliverables, 0)
    or compared_cost_reporting_amount is distinct from case
        when earlier_start_date is null
        then null
        when coalesce(earlier_deliverables, 0) = 0 and coalesce(earlier_cost, 0) = 0
        then cost_reporting_amount * 0
        else earlier_cost
    end
