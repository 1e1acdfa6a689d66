with recursive
    work_items as (select work_item_id, parent_work_item_id from {{ ref("stg_work_items") }}),

    ancestors as (
        select work_item_id, work_item_id as ancestor_id, 0 as distance, [work_item_id] as path
        from work_items
        union all
        select
            ancestors.work_item_id,
            parents.work_item_id as ancestor_id,
            ancestors.distance + 1 as distance,
            list_append(ancestors.path, parents.work_item_id) as path
        from ancestors
        inner join work_items on ancestors.ancestor_id = work_items.work_item_id
        inner join work_items as parents on work_items.parent_work_item_id = parents.work_item_id
        where not list_contains(ancestors.path, parents.work_item_id)
    )

select work_item_id, ancestor_id, distance
from ancestors
