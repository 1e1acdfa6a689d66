with
    settings as (select * from {{ ref("stg_settings") }}),

    products as (select * from {{ ref("int_product_versions") }} where is_latest),

    usage as (select * from {{ ref("stg_usage_daily") }} where events > 0),

    user_days_per_product as (
        select distinct
            'product' as dimension_name,
            {{ member_key("usage.product_id", "products.product_key") }} as member_key,
            usage.user_id,
            usage.usage_date
        from usage
        inner join settings on usage.usage_date <= settings.as_of_date
        left join products on usage.product_id = products.product_id
    ),

    user_days_in_total as (
        select distinct 'total' as dimension_name, cast(0 as bigint) as member_key, user_id, usage_date
        from user_days_per_product
    )

select *
from user_days_per_product
union all
select *
from user_days_in_total
