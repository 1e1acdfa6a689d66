-- Usage is grouped by product: each day's rows have the version of that day and the latest one, and none is lost.
{{ config(meta={"dagster": {"ref": {"name": "fct_usage_daily"}}}) }}

with
    settings as (select * from {{ ref("stg_settings") }}),

    products as (select * from {{ ref("dim_product") }} where product_key > 0),

    staged_usage as (
        select product_id, usage_date, count(*) as rows_staged from {{ ref("stg_usage_daily") }} group by all
    ),

    expected_keys as (
        select
            staged_usage.usage_date,
            staged_usage.usage_date <= settings.as_of_date as is_past,
            staged_usage.rows_staged,
            case
                when staged_usage.product_id is null then -2 when lower(staged_usage.product_id) = 'unknown' then -1
            end as special_key,
            max(products.product_key) filter (products.is_latest) as newest_key,
            max(products.product_key) filter (
                staged_usage.usage_date >= products.valid_from and staged_usage.usage_date < products.valid_to
            ) as key_then
        from staged_usage
        cross join settings
        left join products on staged_usage.product_id = products.product_id
        group by staged_usage.product_id, staged_usage.usage_date, staged_usage.rows_staged, settings.as_of_date
    ),

    row_balances as (
        select
            usage_date,
            is_past,
            coalesce(special_key, key_then, newest_key, -3) as product_key,
            coalesce(special_key, newest_key, -3) as current_product_key,
            rows_staged as surplus
        from expected_keys
        union all
        select usage_date, is_past, product_key, current_product_key, - count(*) as surplus
        from {{ ref("fct_usage_daily") }}
        group by all
    )

select usage_date, is_past, product_key, current_product_key, sum(surplus) as rows_missing
from row_balances
group by all
having sum(surplus) <> 0
