-- Running sums are exact only if each opening has its closing: users are counted one by one on sampled days.
{{ config(meta={"dagster": {"ref": {"name": "fct_active_users"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    active_users as (select *, max(usage_date) over () as last_date from {{ ref("fct_active_users") }}),

    sampled_days as (
        select *
        from active_users
        where usage_date = last_date or (day(usage_date + 1) = 1 and month(usage_date + 1) % 3 = 1)
    ),

    user_days as (
        select distinct usage_date, current_product_key, user_id from {{ ref("fct_usage_daily") }} where events > 0
    ),

    recounted_users as (
        select
            sampled_days.dimension_name,
            sampled_days.member_key,
            sampled_days.usage_date,
            count(distinct user_days.user_id) filter (user_days.usage_date = sampled_days.usage_date) as dau,
            count(distinct user_days.user_id) filter (user_days.usage_date > sampled_days.usage_date - 7) as wau,
            count(distinct user_days.user_id) as mau
        from sampled_days
        left join
            user_days
            on user_days.usage_date between sampled_days.usage_date - 27 and sampled_days.usage_date
            and (sampled_days.dimension_name = 'total' or user_days.current_product_key = sampled_days.member_key)
        group by sampled_days.dimension_name, sampled_days.member_key, sampled_days.usage_date
    ),

    last_covered_day as (select max(date_day) as last_date from {{ ref("int_feed_days") }} where feed = 'usage_daily'),

    miscounted_days as (
        select sampled_days.usage_date, sampled_days.dimension_name, sampled_days.member_key
        from sampled_days
        inner join
            recounted_users
            on sampled_days.dimension_name = recounted_users.dimension_name
            and sampled_days.member_key = recounted_users.member_key
            and sampled_days.usage_date = recounted_users.usage_date
        where
            (sampled_days.dau, sampled_days.wau, sampled_days.mau)
            <> (recounted_users.dau, recounted_users.wau, recounted_users.mau)
    ),

    missing_days as (
        select last_covered_day.last_date as usage_date, 'total' as dimension_name, 0 as member_key
        from last_covered_day
        cross join (select max(usage_date) as last_date from active_users) as shown
        where shown.last_date <> last_covered_day.last_date
    )

select *
from miscounted_days
union all
select *
from missing_days
