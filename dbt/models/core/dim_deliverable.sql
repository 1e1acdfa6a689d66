with
    work_items as (select * from {{ ref("stg_work_items") }} where is_deliverable),

    deliverables_with_key as (
        select
            {{ surrogate_key(["work_item_id"]) }} as deliverable_key,
            work_item_id as deliverable_id,
            title as deliverable_name,
            item_type,
            status,
            status_category,
            resolution,
            estimate_points,
            url as source_url,
            source_file,
            source_record
        from work_items
    ),

    special_members as (
        select
            member_key as deliverable_key,
            member_id as deliverable_id,
            member_name as deliverable_name,
            'unknown' as status_category
        from ({{ special_members() }})
    ),

    all_members as (
        select *
        from deliverables_with_key
        union all by name
        select *
        from special_members
    )

select *
from all_members
