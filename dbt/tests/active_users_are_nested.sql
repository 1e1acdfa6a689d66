-- A running sum that misses a closing drifts for good: dau <= wau <= mau, and products bound the total from both sides.
{{ config(meta={"dagster": {"ref": {"name": "fct_active_users"}}}) }}

with
    active_users as (select * from {{ ref("fct_active_users") }}),

    product_sums as (
        select usage_date, max(mau) as largest, sum(mau) as summed
        from active_users
        where dimension_name = 'product'
        group by usage_date
    ),

    outside_bounds as (
        select
            active_users.usage_date,
            active_users.dimension_name,
            active_users.member_key,
            active_users.dau,
            active_users.wau,
            active_users.mau
        from active_users
        left join
            product_sums on active_users.dimension_name = 'total' and active_users.usage_date = product_sums.usage_date
        where
            active_users.dau < 0
            or active_users.wau < active_users.dau
            or active_users.mau < active_users.wau
            or active_users.mau < product_sums.largest
            or active_users.mau > product_sums.summed
    )

select *
from outside_bounds
