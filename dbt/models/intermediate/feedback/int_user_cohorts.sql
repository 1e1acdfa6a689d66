with
    active_days as (select * from {{ ref("int_active_user_days") }}),

    covered_days as (select * from {{ ref("int_usage_days") }}),

    active_days_with_cohort as (
        select *, min(usage_date) over (partition by dimension_name, member_key, user_id) as cohort_date
        from active_days
    ),

    active_days_with_age as (
        select
            *,
            {{ dbt.datediff("cohort_date", "usage_date", "day") }} as days_since_first_use,
            floor({{ dbt.datediff("cohort_date", "usage_date", "day") }} / 7) as weeks_since_first_use
        from active_days_with_cohort
    ),

    -- a user counts once per week since first use, on the first active day of the week
    ranked_active_days as (
        select
            *,
            row_number() over (
                partition by dimension_name, member_key, user_id, weeks_since_first_use order by usage_date
            ) as day_of_week_used
        from active_days_with_age
        where days_since_first_use < {{ cohort_days() }}
    ),

    cohort_day_users as (
        select
            dimension_name,
            member_key,
            cohort_date,
            days_since_first_use,
            count(*) as active_users,
            count(*) filter (day_of_week_used = 1) as first_active_users
        from ranked_active_days
        group by dimension_name, member_key, cohort_date, days_since_first_use
    ),

    cohorts as (
        select dimension_name, member_key, cohort_date, active_users as cohort_users
        from cohort_day_users
        where days_since_first_use = 0
    ),

    -- a cohort has rows for covered days only
    covered_cohort_days as (
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

    user_cohorts as (
        select
            covered_cohort_days.cohort_date,
            cast(covered_cohort_days.days_since_first_use as integer) as days_since_first_use,
            cast(floor(covered_cohort_days.days_since_first_use / 7) as integer) as weeks_since_first_use,
            covered_cohort_days.date_day as usage_date,
            covered_cohort_days.dimension_name,
            covered_cohort_days.member_key,
            covered_cohort_days.cohort_users,
            coalesce(cohort_day_users.active_users, 0) as active_users,
            coalesce(cohort_day_users.first_active_users, 0) as first_active_users,
            covered_cohort_days.is_mature,
            covered_cohort_days.is_feed_start,
            covered_cohort_days.is_mature and not covered_cohort_days.is_feed_start as is_counted
        from covered_cohort_days
        left join
            cohort_day_users
            on covered_cohort_days.dimension_name = cohort_day_users.dimension_name
            and covered_cohort_days.member_key = cohort_day_users.member_key
            and covered_cohort_days.cohort_date = cohort_day_users.cohort_date
            and covered_cohort_days.days_since_first_use = cohort_day_users.days_since_first_use
    )

select *
from user_cohorts
