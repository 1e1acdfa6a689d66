with
    user_cohorts as (
        select
            {{ surrogate_key(["dimension_name", "member_key", "cohort_date", "days_since_first_use"]) }}
            as user_cohort_key,
            cohort_date,
            days_since_first_use,
            weeks_since_first_use,
            usage_date,
            dimension_name,
            member_key,
            case when dimension_name = 'product' then member_key else -2 end as current_product_key,
            cohort_users,
            active_users,
            first_active_users,
            is_mature,
            is_feed_start,
            is_counted
        from {{ ref("int_user_cohorts") }}
    )

select *
from user_cohorts
