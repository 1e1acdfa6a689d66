with
    work_items as (select * from {{ ref("stg_work_items") }}),

    due_date_changes as (select * from {{ ref("stg_work_item_changes") }} where field = 'due_date'),

    moves_after_commitment as (
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

    due_dates_at_commitment as (
        select
            work_items.work_item_id,
            case
                when moves_after_commitment.work_item_id is null
                then work_items.due_date
                else try_cast(moves_after_commitment.from_value as date)
            end as due_date,
            coalesce(moves_after_commitment.due_date_moves, 0) as due_date_moves
        from work_items
        left join
            moves_after_commitment
            on work_items.work_item_id = moves_after_commitment.work_item_id
            and moves_after_commitment.move_number = 1
    )

select *
from due_dates_at_commitment
