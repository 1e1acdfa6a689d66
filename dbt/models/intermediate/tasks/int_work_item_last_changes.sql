with
    work_items as (select * from {{ ref("stg_work_items") }}),

    settings as (select * from {{ ref("stg_settings") }}),

    touches as (
        select work_item_id, changed_at as touched_at
        from {{ ref("int_work_item_changes") }}
        where not is_blank_change
        union all
        select work_item_id, created_at as touched_at
        from work_items
        union all
        select work_item_id, started_at as touched_at
        from work_items
        union all
        select work_item_id, done_at as touched_at
        from work_items
    ),

    last_changes as (
        select work_items.work_item_id, max(touches.touched_at) as last_changed_at
        from work_items
        cross join settings
        inner join touches on work_items.work_item_id = touches.work_item_id and touches.touched_at <= settings.as_of_at
        group by work_items.work_item_id
    )

select *
from last_changes
