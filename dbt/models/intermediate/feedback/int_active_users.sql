-- A user active on day d counts for d to d + window - 1. A day opens a stretch if the user's previous active day lies a
-- window or more before it, and closes one a window later if the next lies that far after it: openings less closings,
-- summed up to a day, are its distinct users. Exact, and linear in the active days.
with
    active_days as (select * from {{ ref("int_active_user_days") }}),

    covered_days as (select * from {{ ref("int_usage_days") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    dates as (select date_day from {{ ref("int_calendar") }}),

    products as (select * from {{ ref("int_product_versions") }} where is_latest),

    members as (
        select 'total' as dimension_name, cast(0 as bigint) as member_key
        union all
        select distinct
            'product' as dimension_name, {{ member_key("usage.product_id", "products.product_key") }} as member_key
        from {{ ref("stg_usage_daily") }} as usage
        left join products on usage.product_id = products.product_id
    ),

    -- running sums need every day from the first use on, also those that the feed doesn't cover
    first_dates as (
        select least(min(covered_days.date_day), (select min(usage_date) from active_days)) as first_date
        from covered_days
    ),

    member_days as (
        select members.dimension_name, members.member_key, dates.date_day
        from members
        cross join first_dates
        cross join settings
        inner join dates on dates.date_day >= first_dates.first_date and dates.date_day <= settings.as_of_date
    ),

    days_with_neighbours as (
        select
            dimension_name,
            member_key,
            usage_date,
            lag(usage_date) over (partition by dimension_name, member_key, user_id order by usage_date) as date_before,
            lead(usage_date) over (partition by dimension_name, member_key, user_id order by usage_date) as date_after
        from active_days
    ),

    days_with_gaps as (
        select
            dimension_name,
            member_key,
            usage_date,
            coalesce({{ dbt.datediff("date_before", "usage_date", "day") }}, 28) as days_before,
            coalesce({{ dbt.datediff("usage_date", "date_after", "day") }}, 28) as days_after
        from days_with_neighbours
    ),

    window_changes as (
        select
            dimension_name,
            member_key,
            usage_date as date_day,
            count(*) as active,
            count(*) filter (days_before >= 7) as opened_7,
            count(*) filter (days_before >= 28) as opened_28,
            0 as closed_7,
            0 as closed_28
        from days_with_gaps
        group by dimension_name, member_key, usage_date
        union all
        select
            dimension_name,
            member_key,
            cast({{ dbt.dateadd("day", 7, "usage_date") }} as date) as date_day,
            0 as active,
            0 as opened_7,
            0 as opened_28,
            count(*) as closed_7,
            0 as closed_28
        from days_with_gaps
        where days_after >= 7
        group by dimension_name, member_key, usage_date
        union all
        select
            dimension_name,
            member_key,
            cast({{ dbt.dateadd("day", 28, "usage_date") }} as date) as date_day,
            0 as active,
            0 as opened_7,
            0 as opened_28,
            0 as closed_7,
            count(*) as closed_28
        from days_with_gaps
        where days_after >= 28
        group by dimension_name, member_key, usage_date
    ),

    changes_per_day as (
        select
            member_days.dimension_name,
            member_days.member_key,
            member_days.date_day,
            coalesce(sum(window_changes.active), 0) as active,
            coalesce(sum(window_changes.opened_7 - window_changes.closed_7), 0) as change_7,
            coalesce(sum(window_changes.opened_28 - window_changes.closed_28), 0) as change_28
        from member_days
        left join
            window_changes
            on member_days.dimension_name = window_changes.dimension_name
            and member_days.member_key = window_changes.member_key
            and member_days.date_day = window_changes.date_day
        group by member_days.dimension_name, member_days.member_key, member_days.date_day
    ),

    running_sums as (
        select
            *,
            sum(change_7) over (partition by dimension_name, member_key order by date_day) as active_7,
            sum(change_28) over (partition by dimension_name, member_key order by date_day) as active_28
        from changes_per_day
    ),

    covered_window_days as (
        select
            date_day,
            count(*) over (
                order by date_day range between interval 6 days preceding and current row
            ) as wau_window_days,
            count(*) over (
                order by date_day range between interval 27 days preceding and current row
            ) as mau_window_days
        from covered_days
    ),

    active_users as (
        select
            running_sums.date_day as usage_date,
            running_sums.dimension_name,
            running_sums.member_key,
            cast(running_sums.active as bigint) as dau,
            cast(running_sums.active_7 as bigint) as wau,
            cast(running_sums.active_28 as bigint) as mau,
            covered_window_days.wau_window_days,
            covered_window_days.mau_window_days
        from running_sums
        inner join covered_window_days on running_sums.date_day = covered_window_days.date_day
    )

select *
from active_users
