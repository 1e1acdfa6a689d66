with
    active_days as (select * from {{ ref("int_active_user_days") }}),

    covered_days as (select * from {{ ref("int_usage_days") }}),

    first_days as (
        select *, min(usage_date) over (partition by dimension_name, member_key, user_id) as cohort_date
        from active_days
    ),

    aged as (
        select
            *,
            {{ dbt.datediff("cohort_date", "usage_date", "day") }} as days_since_first_use,
            floor({{ dbt.datediff("cohort_date", "usage_date", "day") }} / 7) as weeks_since_first_use
        from first_days
    ),

    -- of a user's active days in a week since first use, the first stands for the week
    ranked as (
        select
            *,
            row_number() over (
                partition by dimension_name, member_key, user_id, weeks_since_first_use order by usage_date
            ) as day_of_week_used
        from aged
        where days_since_first_use < {{ cohort_days() }}
    ),

    counted as (
        select
            dimension_name,
            member_key,
            cohort_date,
            days_since_first_use,
            count(*) as active_users,
            count(*) filter (day_of_week_used = 1) as first_active_users
        from ranked
        group by dimension_name, member_key, cohort_date, days_since_first_use
    ),

    cohorts as (
        select dimension_name, member_key, cohort_date, active_users as cohort_users
        from counted
        where days_since_first_use = 0
    ),

    -- a cohort is judged on days that have been seen alone
    seen as (
        select
            cohorts.*,
            covered_days.date_day,
            {{ dbt.datediff("cohorts.cohort_date", "covered_days.date_day", "day") }} as days_since_first_use,
            count(*) over (partition by cohorts.dimension_name, cohorts.member_key, cohorts.cohort_date)
            = {{ cohort_days() }} as is_mature,
            {{ dbt.datediff("covered_days.first_date", "cohorts.cohort_date", "day") }} < 28 as is_feed_start
        from cohorts
        inner join
            covered_days
            on covered_days.date_day >= cohorts.cohort_date
            and covered_days.date_day < {{ dbt.dateadd("day", cohort_days(), "cohorts.cohort_date") }}
    ),

    keyed as (
        select
            {{
                surrogate_key(
                    ["seen.dimension_name", "seen.member_key", "seen.cohort_date", "seen.days_since_first_use"]
                )
            }} as user_cohort_key,
            seen.cohort_date,
            cast(seen.days_since_first_use as integer) as days_since_first_use,
            cast(floor(seen.days_since_first_use / 7) as integer) as weeks_since_first_use,
            seen.date_day as usage_date,
            seen.dimension_name,
            seen.member_key,
            case when seen.dimension_name = 'product' then seen.member_key else -2 end as current_product_key,
            seen.cohort_users,
            coalesce(counted.active_users, 0) as active_users,
            coalesce(counted.first_active_users, 0) as first_active_users,
            seen.is_mature,
            seen.is_feed_start,
            seen.is_mature and not seen.is_feed_start as is_counted
        from seen
        left join
            counted
            on seen.dimension_name = counted.dimension_name
            and seen.member_key = counted.member_key
            and seen.cohort_date = counted.cohort_date
            and seen.days_since_first_use = counted.days_since_first_use
    )

select *
from keyed
