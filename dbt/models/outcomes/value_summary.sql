with
    settings as (select * from {{ ref("stg_settings") }}),

    judged_deliverables as (
        select
            entity_key as deliverable_key,
            initiative_key,
            team_key,
            product_key,
            value_status,
            is_judged,
            delivery_date,
            cost_reporting_amount
        from {{ ref("value_realization") }}
        where level = 'deliverable'
    ),

    objective_costs as (select * from {{ ref("msr_objective_costs") }}),

    members as (select * from {{ ref("int_members") }}),

    -- unallocated cost has rows of its own, so that totals are equal by every dimension
    unallocated_cost as (
        select initiative_key, team_key, product_key, sum(allocated_reporting_amount) as cost_reporting_amount
        from {{ ref("fct_cost_allocations") }}
        where deliverable_key < 0
        group by all
    ),

    judged_work as (
        select value_status, delivery_date, initiative_key, team_key, product_key, 1 as counted, cost_reporting_amount
        from judged_deliverables
        union all
        select
            'unallocated' as value_status,
            cast(null as date) as delivery_date,
            initiative_key,
            team_key,
            product_key,
            0 as counted,
            cost_reporting_amount
        from unallocated_cost
    ),

    work_by_member as (
        select 'total' as dimension_name, 0 as member_key, judged_work.*
        from judged_work
        union all
        select 'initiative' as dimension_name, initiative_key as member_key, judged_work.*
        from judged_work
        union all
        select 'team' as dimension_name, team_key as member_key, judged_work.*
        from judged_work
        union all
        select 'product' as dimension_name, product_key as member_key, judged_work.*
        from judged_work
    ),

    work_by_objective as (
        select
            'objective' as dimension_name,
            objective_costs.objective_key as member_key,
            judged_deliverables.value_status,
            judged_deliverables.delivery_date,
            cast(objective_costs.is_main as integer) as counted,
            -- a known cost of zero has no share
            case
                when judged_deliverables.cost_reporting_amount is not null
                then coalesce(objective_costs.cost_reporting_amount, 0)
            end as cost_reporting_amount
        from judged_deliverables
        inner join objective_costs on judged_deliverables.deliverable_key = objective_costs.deliverable_key
        union all
        select
            'objective' as dimension_name,
            -2 as member_key,
            'unallocated' as value_status,
            cast(null as date) as delivery_date,
            0 as counted,
            cost_reporting_amount
        from unallocated_cost
    ),

    work_by_dimension as (
        select dimension_name, member_key, value_status, delivery_date, counted, cost_reporting_amount
        from work_by_member
        union all
        select *
        from work_by_objective
    ),

    -- a release may be planned: a period that has not begun has no row
    period_days as (
        select periods.grain, periods.date_day, periods.period_start, periods.period_end
        from {{ ref("int_date_periods") }} as periods
        cross join settings
        where periods.grain not in ('day', 'week') and periods.period_start <= settings.as_of_date
    ),

    -- by the period of delivery; undelivered work and unallocated cost only over the whole time
    period_totals as (
        select
            period_days.grain,
            period_days.period_start as period_start_date,
            period_days.period_end as period_end_date,
            work_by_dimension.dimension_name,
            work_by_dimension.member_key,
            work_by_dimension.value_status,
            sum(work_by_dimension.counted) as deliverables,
            sum(work_by_dimension.cost_reporting_amount) as cost_reporting_amount
        from work_by_dimension
        inner join period_days on work_by_dimension.delivery_date = period_days.date_day
        group by all
        union all
        select
            'all' as grain,
            cast(null as date) as period_start_date,
            cast(null as date) as period_end_date,
            dimension_name,
            member_key,
            value_status,
            sum(counted) as deliverables,
            sum(cost_reporting_amount) as cost_reporting_amount
        from work_by_dimension
        group by all
    ),

    period_spans as (
        select
            grain,
            period_start,
            period_end,
            lag(period_start) over (partition by grain order by period_start) as period_before,
            cast({{ dbt.dateadd("year", -1, "period_start") }} as date) as year_before
        from (select distinct grain, period_start, period_end from period_days) as periods
    ),

    first_period_per_grain as (
        select grain, min(period_start_date) as first_start_date from period_totals where grain <> 'all' group by grain
    ),

    -- a period that has not ended is never compared; the same period a year before comes first, else the one before
    comparisons as (
        select
            period_spans.grain,
            period_spans.period_start,
            period_spans.period_end,
            period_spans.period_end > settings.as_of_date + 1 as is_partial,
            case
                when period_spans.period_end > settings.as_of_date + 1
                then null
                when period_spans.year_before >= first_period_per_grain.first_start_date
                then period_spans.year_before
                when period_spans.period_before >= first_period_per_grain.first_start_date
                then period_spans.period_before
            end as compared_period_start_date
        from period_spans
        cross join settings
        inner join
            first_period_per_grain
            on period_spans.grain = first_period_per_grain.grain
            and period_spans.period_start >= first_period_per_grain.first_start_date
    ),

    -- work that is too early to judge will move to another status: until then, statuses say nothing about the year
    -- before
    members_too_early as (
        select grain, period_start_date, dimension_name, member_key
        from period_totals
        where value_status = 'too_early' and deliverables > 0
    ),

    -- a status that had deliverables only in the compared period still has a row
    cells as (
        select grain, period_start_date, dimension_name, member_key, value_status
        from period_totals
        union distinct
        select
            comparisons.grain,
            comparisons.period_start as period_start_date,
            period_totals.dimension_name,
            period_totals.member_key,
            period_totals.value_status
        from comparisons
        inner join
            period_totals
            on comparisons.grain = period_totals.grain
            and comparisons.compared_period_start_date = period_totals.period_start_date
    ),

    cells_with_comparison as (
        select
            cells.*,
            comparisons.period_end,
            comparisons.is_partial,
            comparisons.compared_period_start_date,
            case
                when comparisons.compared_period_start_date is not null
                then
                    not exists (
                        select 1
                        from members_too_early
                        where
                            members_too_early.grain = cells.grain
                            and members_too_early.dimension_name = cells.dimension_name
                            and members_too_early.member_key = cells.member_key
                            and members_too_early.period_start_date
                            in (cells.period_start_date, comparisons.compared_period_start_date)
                    )
            end as is_comparable
        from cells
        left join comparisons on cells.grain = comparisons.grain and cells.period_start_date = comparisons.period_start
    ),

    summary_cells as (
        select
            {{
                surrogate_key(
                    [
                        "cells.grain",
                        "cells.period_start_date",
                        "cells.dimension_name",
                        "cells.member_key",
                        "cells.value_status",
                    ]
                )
            }} as value_summary_key,
            cells.grain,
            cells.period_start_date,
            cells.period_end as period_end_date,
            coalesce(cells.is_partial, false) as is_partial,
            cells.dimension_name,
            cast(cells.member_key as bigint) as member_key,
            members.member_id,
            members.member_name,
            cells.value_status,
            cells.value_status in (select value_status from judged_deliverables where is_judged) as is_judged,
            cast(coalesce(period_totals.deliverables, 0) as bigint) as deliverables,
            -- no work costs nothing, if costs are known
            cast(
                case
                    when period_totals.deliverables is null
                    then earlier.cost_reporting_amount * 0
                    else period_totals.cost_reporting_amount
                end as decimal(28, 4)
            ) as cost_reporting_amount,
            cells.compared_period_start_date,
            cells.is_comparable,
            cast(
                case when cells.is_comparable then coalesce(earlier.deliverables, 0) end as bigint
            ) as compared_deliverables,
            cast(
                case
                    when not coalesce(cells.is_comparable, false)
                    then null
                    when earlier.deliverables is null
                    then period_totals.cost_reporting_amount * 0
                    else earlier.cost_reporting_amount
                end as decimal(28, 4)
            ) as compared_cost_reporting_amount
        from cells_with_comparison as cells
        left join
            period_totals
            on cells.grain = period_totals.grain
            and cells.period_start_date is not distinct from period_totals.period_start_date
            and cells.dimension_name = period_totals.dimension_name
            and cells.member_key = period_totals.member_key
            and cells.value_status = period_totals.value_status
        left join
            period_totals as earlier
            on cells.grain = earlier.grain
            and cells.compared_period_start_date = earlier.period_start_date
            and cells.dimension_name = earlier.dimension_name
            and cells.member_key = earlier.member_key
            and cells.value_status = earlier.value_status
        inner join members on cells.dimension_name = members.dimension_name and cells.member_key = members.member_key
    )

select *
from summary_cells
