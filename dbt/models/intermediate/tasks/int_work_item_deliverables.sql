with
    ancestors as (select * from {{ ref("int_work_item_ancestors") }}),

    work_items as (select work_item_id, is_deliverable from {{ ref("stg_work_items") }}),

    nearest_deliverables as (
        select ancestors.work_item_id, arg_min(ancestors.ancestor_id, ancestors.distance) as deliverable_id
        from ancestors
        inner join work_items on ancestors.ancestor_id = work_items.work_item_id
        where work_items.is_deliverable
        group by ancestors.work_item_id
    )

select *
from nearest_deliverables
