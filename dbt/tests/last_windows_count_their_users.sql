-- The last day's wau and mau are counted a second, plain way: a running sum that went wrong anywhere ends wrong.
{{ config(meta={"dagster": {"ref": {"name": "fct_active_users"}}}) }}

with
    last_days as (select * from {{ ref("fct_active_users") }} qualify usage_date = max(usage_date) over ()),

    user_days as (
        select usage_date, current_product_key, user_id
        from {{ ref("fct_usage_daily") }}
        where events > 0 and usage_date > (select max(usage_date) from last_days) - 28
    ),

    recounted_windows as (
        select
            last_days.dimension_name,
            last_days.member_key,
            last_days.wau,
            last_days.mau,
            count(distinct user_days.user_id) filter (user_days.usage_date > last_days.usage_date - 7) as counted_wau,
            count(distinct user_days.user_id) as counted_mau
        from last_days
        left join
            user_days
            on user_days.usage_date <= last_days.usage_date
            and (last_days.dimension_name = 'total' or user_days.current_product_key = last_days.member_key)
        group by last_days.dimension_name, last_days.member_key, last_days.wau, last_days.mau
    )

select *
from recounted_windows
where wau <> counted_wau or mau <> counted_mau
