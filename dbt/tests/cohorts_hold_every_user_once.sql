-- A user belongs to one cohort a member, that of the first use: the cohorts' sizes add up to all users ever active.
{{ config(meta={"dagster": {"ref": {"name": "fct_user_cohorts"}}}) }}

with
    cohorts as (
        select dimension_name, member_key, cohort_date, max(cohort_users) as cohort_users
        from {{ ref("fct_user_cohorts") }}
        group by dimension_name, member_key, cohort_date
    ),

    in_cohorts as (
        select dimension_name, member_key, sum(cohort_users) as users from cohorts group by dimension_name, member_key
    ),

    covered as (select distinct cohort_date from cohorts),

    first_uses as (
        select dimension_name, member_key, user_id, min(usage_date) as cohort_date
        from {{ ref("int_active_user_days") }}
        group by dimension_name, member_key, user_id
    ),

    users as (
        select first_uses.dimension_name, first_uses.member_key, count(*) as users
        from first_uses
        inner join covered on first_uses.cohort_date = covered.cohort_date
        group by first_uses.dimension_name, first_uses.member_key
    ),

    disagreeing as (
        select users.dimension_name, users.member_key, users.users, in_cohorts.users as users_in_cohorts
        from users
        full outer join
            in_cohorts on users.dimension_name = in_cohorts.dimension_name and users.member_key = in_cohorts.member_key
        where users.users is distinct from in_cohorts.users
    )

select *
from disagreeing
