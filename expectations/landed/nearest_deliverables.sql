-- one row per work item with a deliverable at or above it: the nearest
with recursive
    -- from an item upwards until a deliverable is reached, or the top, or the same item again
    climb as (
        select work_item_id, work_item_id as reached
        from feed.work_items
        union
        select climb.work_item_id, above.work_item_id
        from climb
        inner join feed.work_items as here on here.work_item_id = climb.reached and not here.is_deliverable
        inner join feed.work_items as above on above.work_item_id = here.parent_work_item_id
    )
select climb.work_item_id, reached as deliverable_id
from climb
inner join feed.work_items as work_items on work_items.work_item_id = reached
where is_deliverable
