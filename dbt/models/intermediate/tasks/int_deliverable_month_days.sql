with
    states as (select * from {{ ref("int_work_item_states") }} where status_category in ('in_progress', 'unknown')),

    last_changes as (select * from {{ ref("int_work_item_last_changes") }}),

    deliverables as (select * from {{ ref("int_work_item_deliverables") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    months as (select distinct month_start_date from {{ ref("int_calendar") }}),

    counted_stretches as (
        select
            states.work_item_id,
            states.status_category,
            states.from_at,
            least(states.to_at, {{ dbt.dateadd("day", idle_days(), "last_changes.last_changed_at") }}) as to_at
        from states
        inner join last_changes on states.work_item_id = last_changes.work_item_id
    ),

    -- a day counts if the item was in progress, or its status unknown, at any moment of it; to_at is no part of the
    -- stretch
    stretches_in_days as (
        select
            counted_stretches.work_item_id,
            counted_stretches.status_category,
            {{ local_date("counted_stretches.from_at", "settings.time_zone") }} as first_day,
            {{ local_date(dbt.dateadd("microsecond", -1, "counted_stretches.to_at"), "settings.time_zone") }}
            as last_day
        from counted_stretches
        cross join settings
        where counted_stretches.from_at < counted_stretches.to_at
    ),

    stretches_with_previous as (
        select
            *,
            lag(last_day) over (
                partition by work_item_id, status_category order by first_day, last_day
            ) as previous_last_day
        from stretches_in_days
    ),

    -- stretches that share a day count it once
    separate_stretches as (
        select
            work_item_id,
            status_category,
            case
                when first_day > previous_last_day
                then first_day
                else coalesce(cast({{ dbt.dateadd("day", 1, "previous_last_day") }} as date), first_day)
            end as first_day,
            last_day
        from stretches_with_previous
    ),

    stretch_days_per_month as (
        select
            deliverables.deliverable_id,
            months.month_start_date,
            separate_stretches.status_category,
            {{
                dbt.datediff(
                    "greatest(separate_stretches.first_day, months.month_start_date)",
                    "least(separate_stretches.last_day, cast("
                    ~ dbt.last_day("months.month_start_date", "month")
                    ~ " as date))",
                    "day",
                )
            }} + 1 as days
        from separate_stretches
        inner join deliverables on separate_stretches.work_item_id = deliverables.work_item_id
        inner join
            months
            on months.month_start_date <= separate_stretches.last_day
            and months.month_start_date >= {{ dbt.date_trunc("month", "separate_stretches.first_day") }}
        where separate_stretches.first_day <= separate_stretches.last_day
    )

select
    deliverable_id,
    month_start_date,
    cast(coalesce(sum(days) filter (status_category = 'in_progress'), 0) as bigint) as days,
    cast(coalesce(sum(days) filter (status_category = 'unknown'), 0) as bigint) as unknown_days
from stretch_days_per_month
group by deliverable_id, month_start_date
