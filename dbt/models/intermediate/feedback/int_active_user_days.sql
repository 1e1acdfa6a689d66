-- one row per dimension, member, user and day up to now with at least one event: a product's users, and those of any
with
    usage as (select * from {{ ref("fct_usage_daily") }} where events > 0 and is_past),

    of_products as (
        select distinct 'product' as dimension_name, current_product_key as member_key, user_id, usage_date from usage
    ),

    of_total as (
        select distinct 'total' as dimension_name, cast(0 as bigint) as member_key, user_id, usage_date from of_products
    )

select *
from of_products
union all
select *
from of_total
