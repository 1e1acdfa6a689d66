-- Retention is computed from cohorts, so who returns on a day, and first in a week, is counted here user by user.
{{ config(meta={"dagster": {"ref": {"name": "fct_user_cohorts"}}}) }}

with
    user_days as (
        select distinct 'product' as dimension_name, current_product_key as member_key, user_id, usage_date
        from {{ ref("fct_usage_daily") }}
        where events > 0 and is_past
        union all
        select distinct 'total' as dimension_name, 0 as member_key, user_id, usage_date
        from {{ ref("fct_usage_daily") }}
        where events > 0 and is_past
    ),

    first_uses as (
        select dimension_name, member_key, user_id, min(usage_date) as cohort_date
        from user_days
        group by dimension_name, member_key, user_id
    ),

    weeks_per_user as (
        select
            user_days.dimension_name,
            user_days.member_key,
            user_days.user_id,
            first_uses.cohort_date,
            divide(user_days.usage_date - first_uses.cohort_date, 7) as week_number,
            min(user_days.usage_date) as first_used_date,
            count(*) as days_used
        from user_days
        inner join
            first_uses
            on user_days.dimension_name = first_uses.dimension_name
            and user_days.member_key = first_uses.member_key
            and user_days.user_id = first_uses.user_id
        where user_days.usage_date <= first_uses.cohort_date + 34
        group by all
    ),

    expected_returns as (
        select dimension_name, member_key, cohort_date, week_number, count(*) as returned, sum(days_used) as days_used
        from weeks_per_user
        group by all
    ),

    expected_days as (
        select
            cohorts.dimension_name,
            cohorts.member_key,
            cohorts.cohort_date,
            divide(days.date_day - cohorts.cohort_date, 7) as week_number,
            count(*) as days_shown
        from (select distinct dimension_name, member_key, cohort_date from first_uses) as cohorts
        inner join
            {{ ref("int_usage_days") }} as days
            on days.date_day between cohorts.cohort_date and cohorts.cohort_date + 34
        group by all
    ),

    -- of each week, the first day that a user returned on
    wrong_first_days as (
        select cohorts.dimension_name, cohorts.member_key, cohorts.cohort_date
        from {{ ref("fct_user_cohorts") }} as cohorts
        left join
            (
                select dimension_name, member_key, cohort_date, first_used_date, count(*) as users
                from weeks_per_user
                group by all
            ) as expected
            on cohorts.dimension_name = expected.dimension_name
            and cohorts.member_key = expected.member_key
            and cohorts.cohort_date = expected.cohort_date
            and cohorts.usage_date = expected.first_used_date
        where cohorts.first_active_users <> coalesce(expected.users, 0)
    ),

    published_returns as (
        select
            dimension_name,
            member_key,
            cohort_date,
            weeks_since_first_use as week_number,
            sum(first_active_users) as returned,
            sum(active_users) as days_used,
            min(cohort_users) as cohort_users,
            max(cohort_users) as greatest_cohort_users,
            count(*) as days_shown,
            bool_or(
                weeks_since_first_use <> divide(days_since_first_use, 7)
                or usage_date - cohort_date <> days_since_first_use
            ) as is_misplaced,
            bool_or(is_counted <> (is_mature and not is_feed_start)) as is_misjudged
        from {{ ref("fct_user_cohorts") }}
        group by all
    ),

    cohort_sizes as (select dimension_name, member_key, cohort_date, count(*) as users from first_uses group by all)

select dimension_name, member_key, cohort_date
from expected_days
anti join
    published_returns
    on expected_days.dimension_name = published_returns.dimension_name
    and expected_days.member_key = published_returns.member_key
    and expected_days.cohort_date = published_returns.cohort_date
    and expected_days.week_number = published_returns.week_number
    and expected_days.days_shown = published_returns.days_shown
union all
select dimension_name, member_key, cohort_date
from wrong_first_days
union all
select published_returns.dimension_name, published_returns.member_key, published_returns.cohort_date
from published_returns
inner join
    cohort_sizes
    on published_returns.dimension_name = cohort_sizes.dimension_name
    and published_returns.member_key = cohort_sizes.member_key
    and published_returns.cohort_date = cohort_sizes.cohort_date
left join
    expected_returns
    on published_returns.dimension_name = expected_returns.dimension_name
    and published_returns.member_key = expected_returns.member_key
    and published_returns.cohort_date = expected_returns.cohort_date
    and published_returns.week_number = expected_returns.week_number
where
    published_returns.is_misplaced
    or published_returns.is_misjudged
    or published_returns.cohort_users <> cohort_sizes.users
    or published_returns.greatest_cohort_users <> cohort_sizes.users
    -- where a day of the week isn't seen, its users aren't either
    or (
        published_returns.days_shown = 7
        and (published_returns.returned, published_returns.days_used)
        is distinct from (coalesce(expected_returns.returned, 0), coalesce(expected_returns.days_used, 0))
    )
