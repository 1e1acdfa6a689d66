with
    settings as (select * from {{ ref("stg_settings") }}),

    judged as (
        select
            entity_key as deliverable_key,
            initiative_key,
            team_key,
            product_key,
            value_status,
            delivery_date,
            cost_reporting_amount
        from {{ ref("value_realization") }}
        where level = 'deliverable'
    ),

    objective_costs as (select * from {{ ref("msr_objective_costs") }}),

    members as (select * from {{ ref("int_members") }}),

    -- money that no deliverable bears stands beside the judged, so that totals are equal at every level
    unallocated as (
        select initiative_key, team_key, product_key, sum(allocated_reporting_amount) as cost_reporting_amount
        from {{ ref("fct_cost_allocations") }}
        where deliverable_key < 0
        group by all
    ),

    work as (
        select value_status, delivery_date, initiative_key, team_key, product_key, 1 as counted, cost_reporting_amount
        from judged
        union all
        select
            'unallocated' as value_status,
            cast(null as date) as delivery_date,
            initiative_key,
            team_key,
            product_key,
            0 as counted,
            cost_reporting_amount
        from unallocated
    ),

    by_member as (
        select 'total' as dimension_name, 0 as member_key, work.*
        from work
        union all
        select 'initiative' as dimension_name, initiative_key as member_key, work.*
        from work
        union all
        select 'team' as dimension_name, team_key as member_key, work.*
        from work
        union all
        select 'product' as dimension_name, product_key as member_key, work.*
        from work
    ),

    by_objective as (
        select
            'objective' as dimension_name,
            objective_costs.objective_key as member_key,
            judged.value_status,
            judged.delivery_date,
            cast(objective_costs.is_main as integer) as counted,
            -- a known cost of zero has no share
            case
                when judged.cost_reporting_amount is not null then coalesce(objective_costs.cost_reporting_amount, 0)
            end as cost_reporting_amount
        from judged
        inner join objective_costs on judged.deliverable_key = objective_costs.deliverable_key
        union all
        select
            'objective' as dimension_name,
            -2 as member_key,
            'unallocated' as value_status,
            cast(null as date) as delivery_date,
            0 as counted,
            cost_reporting_amount
        from unallocated
    ),

    levelled as (
        select dimension_name, member_key, value_status, delivery_date, counted, cost_reporting_amount
        from by_member
        union all
        select *
        from by_objective
    ),

    -- a release may be planned: a period that has not begun has no row
    days as (
        select periods.grain, periods.date_day, periods.period_start, periods.period_end
        from {{ ref("int_date_periods") }} as periods
        cross join settings
        where periods.grain not in ('day', 'week') and periods.period_start <= settings.as_of_date
    ),

    -- by the period of delivery; what isn't delivered, and what no deliverable bears, only over the whole time
    summed as (
        select
            days.grain,
            days.period_start as period_start_date,
            days.period_end as period_end_date,
            levelled.dimension_name,
            levelled.member_key,
            levelled.value_status,
            sum(levelled.counted) as deliverables,
            sum(levelled.cost_reporting_amount) as cost_reporting_amount
        from levelled
        inner join days on levelled.delivery_date = days.date_day
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
        from levelled
        group by all
    ),

    spans as (
        select
            grain,
            period_start,
            period_end,
            lag(period_start) over (partition by grain order by period_start) as period_before,
            cast({{ dbt.dateadd("year", -1, "period_start") }} as date) as year_before
        from (select distinct grain, period_start, period_end from days) as periods
    ),

    first_periods as (
        select grain, min(period_start_date) as first_start_date from summed where grain <> 'all' group by grain
    ),

    -- a period that has not ended is never compared; the same period a year before comes first, else the one before
    compared as (
        select
            spans.grain,
            spans.period_start,
            spans.period_end,
            spans.period_end > settings.as_of_date + 1 as is_partial,
            case
                when spans.period_end > settings.as_of_date + 1
                then null
                when spans.year_before >= first_periods.first_start_date
                then spans.year_before
                when spans.period_before >= first_periods.first_start_date
                then spans.period_before
            end as compared_period_start_date
        from spans
        cross join settings
        inner join
            first_periods on spans.grain = first_periods.grain and spans.period_start >= first_periods.first_start_date
    ),

    -- a status that has gone since the period before still has a row
    cells as (
        select grain, period_start_date, dimension_name, member_key, value_status
        from summed
        union distinct
        select
            compared.grain,
            compared.period_start as period_start_date,
            summed.dimension_name,
            summed.member_key,
            summed.value_status
        from compared
        inner join
            summed on compared.grain = summed.grain and compared.compared_period_start_date = summed.period_start_date
    ),

    joined as (
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
            compared.period_end as period_end_date,
            coalesce(compared.is_partial, false) as is_partial,
            cells.dimension_name,
            cast(cells.member_key as bigint) as member_key,
            members.member_id,
            members.member_name,
            cells.value_status,
            cast(coalesce(summed.deliverables, 0) as bigint) as deliverables,
            -- no work costs nothing, if costs are known
            cast(
                case
                    when summed.deliverables is null
                    then earlier.cost_reporting_amount * 0
                    else summed.cost_reporting_amount
                end as decimal(28, 4)
            ) as cost_reporting_amount,
            compared.compared_period_start_date,
            cast(
                case
                    when compared.compared_period_start_date is not null then coalesce(earlier.deliverables, 0)
                end as bigint
            ) as compared_deliverables,
            cast(
                case
                    when compared.compared_period_start_date is null
                    then null
                    when earlier.deliverables is null
                    then summed.cost_reporting_amount * 0
                    else earlier.cost_reporting_amount
                end as decimal(28, 4)
            ) as compared_cost_reporting_amount
        from cells
        left join compared on cells.grain = compared.grain and cells.period_start_date = compared.period_start
        left join
            summed
            on cells.grain = summed.grain
            and cells.period_start_date is not distinct from summed.period_start_date
            and cells.dimension_name = summed.dimension_name
            and cells.member_key = summed.member_key
            and cells.value_status = summed.value_status
        left join
            summed as earlier
            on cells.grain = earlier.grain
            and compared.compared_period_start_date = earlier.period_start_date
            and cells.dimension_name = earlier.dimension_name
            and cells.member_key = earlier.member_key
            and cells.value_status = earlier.value_status
        inner join members on cells.dimension_name = members.dimension_name and cells.member_key = members.member_key
    )

select *
from joined
