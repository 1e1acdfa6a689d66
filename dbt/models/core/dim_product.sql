with
    versions as (select * from {{ ref("int_product_versions") }}),

    renamed as (
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

    members as ({{ unknown_members("product") }}),

    all_members as (
        select *
        from renamed
        union all by name
        select *
        from members
    )

select *
from all_members
