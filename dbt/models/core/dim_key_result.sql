with
    key_results as (select * from {{ ref("int_key_results") }}),

    members as ({{ unknown_members("key_result") }}),

    all_members as (
        select *
        from key_results
        union all by name
        select *
        from members
    )

select *
from all_members
