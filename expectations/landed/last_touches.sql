-- one row per work item: when it was last touched by now; a value that was blanked or restored is no touch
with
    touches as (
        select work_item_id, unnest([created_at, started_at, done_at]) as touched_at
        from feed.work_items
        union all
        select work_item_id, changed_at
        from feed.work_item_changes
        where from_value is not null and to_value is not null
    )
select touches.work_item_id, max(touched_at) as touched_at
from touches
cross join stage.landing.settings
where touched_at <= as_of_at
group by all
