-- one row per work item: its due date as it stood at commitment (a change at that very moment counts as before it)
with
    work_items as (select * from {{ ref("stg_work_items") }}),

    due_date_changes as (select * from {{ ref("stg_work_item_changes") }} where field = 'due_date'),

    moved_later as (
        select
            changes.work_item_id,
            changes.from_value,
            row_number() over (
                partition by changes.work_item_id order by changes.changed_at, changes.change_seq
            ) as move_number,
            count(*) over (partition by changes.work_item_id) as due_date_moves
        from due_date_changes as changes
        inner join work_items on changes.work_item_id = work_items.work_item_id
        where changes.changed_at > work_items.committed_at
    ),

    as_at_commitment as (
        select
            work_items.work_item_id,
            case
                when moved_later.work_item_id is null
                then work_items.due_date
                else try_cast(moved_later.from_value as date)
            end as due_date,
            coalesce(moved_later.due_date_moves, 0) as due_date_moves
        from work_items
        left join moved_later on work_items.work_item_id = moved_later.work_item_id and moved_later.move_number = 1
    )

select *
from as_at_commitment
