with
    key_results as (select * from {{ ref("int_key_results") }}),

    special_members as ({{ unknown_members("key_result") }}),

    all_members as (
        select *
        from key_results
        union all by name
        select *
        from special_members
    )

select *
from all_members
