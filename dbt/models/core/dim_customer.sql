with
    versions as (select * from {{ ref("int_customer_versions") }}),

    customer_versions as (
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

    special_members_with_name as ({{ unknown_members("customer") }}),

    -- the feed has no names of customers
    special_members as (select * exclude (customer_name) from special_members_with_name),

    all_members as (
        select *
        from customer_versions
        union all by name
        select *
        from special_members
    )

select *
from all_members
