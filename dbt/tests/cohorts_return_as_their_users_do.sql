-- Retention is read off cohorts: who comes back on a day, and for the first time in a week, is counted here user by
-- user.
{{ config(meta={"dagster": {"ref": {"name": "fct_user_cohorts"}}}) }}

with
    use as (
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
        from use
        group by dimension_name, member_key, user_id
    ),

    weekly as (
        select
            use.dimension_name,
            use.member_key,
            use.user_id,
            first_uses.cohort_date,
            divide(use.usage_date - first_uses.cohort_date, 7) as week_number,
            count(*) as days_used
        from use
        inner join
            first_uses
            on use.dimension_name = first_uses.dimension_name
            and use.member_key = first_uses.member_key
            and use.user_id = first_uses.user_id
        where use.usage_date <= first_uses.cohort_date + 34
        group by all
    ),

    expected as (
        select dimension_name, member_key, cohort_date, week_number, count(*) as returned, sum(days_used) as days_used
        from weekly
        group by all
    ),

    shown as (
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

    sizes as (select dimension_name, member_key, cohort_date, count(*) as users from first_uses group by all)

select shown.*
from shown
inner join
    sizes
    on shown.dimension_name = sizes.dimension_name
    and shown.member_key = sizes.member_key
    and shown.cohort_date = sizes.cohort_date
left join
    expected
    on shown.dimension_name = expected.dimension_name
    and shown.member_key = expected.member_key
    and shown.cohort_date = expected.cohort_date
    and shown.week_number = expected.week_number
where
    shown.is_misplaced
    or shown.is_misjudged
    or shown.cohort_users <> sizes.users
    or shown.greatest_cohort_users <> sizes.users
    -- where a day of the week isn't seen, its users aren't either
    or (
        shown.days_shown = 7
        and (shown.returned, shown.days_used)
        is distinct from (coalesce(expected.returned, 0), coalesce(expected.days_used, 0))
    )
