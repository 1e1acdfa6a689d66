with
    usage as (select * from {{ ref("stg_usage_daily") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    product_versions as (select * from {{ ref("dim_product") }}),

    usage_with_keys as (
        select
            {{ surrogate_key(["usage.product_id", "usage.user_id", "usage.usage_date", "usage.feature"]) }}
            as usage_key,
            {{ version_keys("product", "usage.product_id") }},
            usage.user_id,
            usage.usage_date,
            usage.feature as feature_name,
            usage.events,
            usage.usage_date <= settings.as_of_date as is_past,
            usage.source_file,
            usage.source_record
        from usage
        cross join settings {{ join_versions("product", "product_versions", "usage.product_id", "usage.usage_date") }}
    )

-- sorted by user, so that the pseudonym, most of this table's size, compresses well
select *
from usage_with_keys
order by current_product_key, user_id, usage_date, feature_name
