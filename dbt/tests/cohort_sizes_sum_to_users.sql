-- A user belongs to one cohort per member, that of the first use: cohort sizes sum to all users ever active.
{{ config(meta={"dagster": {"ref": {"name": "fct_user_cohorts"}}}) }}

with
    cohorts as (
        select dimension_name, member_key, cohort_date, max(cohort_users) as cohort_users
        from {{ ref("fct_user_cohorts") }}
        group by dimension_name, member_key, cohort_date
    ),

    users_in_cohorts as (
        select dimension_name, member_key, sum(cohort_users) as users from cohorts group by dimension_name, member_key
    ),

    covered_cohorts as (select distinct cohort_date from cohorts),

    first_uses as (
        select dimension_name, member_key, user_id, min(usage_date) as cohort_date
        from {{ ref("int_active_user_days") }}
        group by dimension_name, member_key, user_id
    ),

    expected_users as (
        select first_uses.dimension_name, first_uses.member_key, count(*) as users
        from first_uses
        inner join covered_cohorts on first_uses.cohort_date = covered_cohorts.cohort_date
        group by first_uses.dimension_name, first_uses.member_key
    ),

    differences as (
        select
            expected_users.dimension_name,
            expected_users.member_key,
            expected_users.users,
            users_in_cohorts.users as users_in_cohorts
        from expected_users
        full outer join
            users_in_cohorts
            on expected_users.dimension_name = users_in_cohorts.dimension_name
            and expected_users.member_key = users_in_cohorts.member_key
        where expected_users.users is distinct from users_in_cohorts.users
    )

select *
from differences
