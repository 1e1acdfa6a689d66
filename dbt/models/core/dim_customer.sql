with
    versions as (select * from {{ ref("int_customer_versions") }}),

    renamed as (
        select
            customer_key,
            customer_id,
            segment,
            region,
            since_date,
            source_file,
            source_record,
            valid_from,
            valid_to,
            is_current,
            is_latest
        from versions
    ),

    named_members as ({{ unknown_members("customer") }}),

    -- the feed has no names of customers
    members as (select * exclude (customer_name) from named_members),

    all_members as (
        select *
        from renamed
        union all by name
        select *
        from members
    )

select *
from all_members
