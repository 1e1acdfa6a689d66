with
    versions as (select * from {{ ref("int_product_versions") }}),

    product_versions as (
        select
            product_key,
            product_id,
            name as product_name,
            parent_product_id,
            source_file,
            source_record,
            valid_from,
            valid_to,
            is_current,
            is_latest
        from versions
    ),

    special_members as ({{ unknown_members("product") }}),

    all_members as (
        select *
        from product_versions
        union all by name
        select *
        from special_members
    )

select *
from all_members
