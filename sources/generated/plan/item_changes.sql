-- one row per change of one field of a work item
with
    items as (select * from items),

    people as (select * from people),

    status_changes as (
        select work_item_id, 'status' as field, committed_at as changed_at, 'Backlog' as from_value, 'Ready' as to_value
        from items
        union all
        select work_item_id, 'status', started_at, 'Ready', 'In Progress'
        from items
        union all
        select work_item_id, 'status', blocked_at, 'In Progress', 'Blocked'
        from items
        union all
        select work_item_id, 'status', unblocked_at, 'Blocked', 'In Progress'
        from items
        union all
        select work_item_id, 'status', review_at, 'In Progress', 'In Review'
        from items
        union all
        select
            work_item_id,
            'status',
            coalesce(first_done_at, done_at),
            case
                when review_at is not null then 'In Review' when started_at is not null then 'In Progress' else 'Ready'
            end,
            'Done'
        from items
        union all
        select work_item_id, 'status', reopened_at, 'Done', 'In Progress'
        from items
        union all
        select work_item_id, 'status', done_at, 'In Progress', 'Done'
        from items
        where reopened_at is not null
        union all
        select work_item_id, 'status', released_at, 'Done', 'Released'
        from items
        where done_at is not null
        union all
        select
            work_item_id,
            'status',
            cancelled_at,
            case
                when started_at is not null then 'In Progress' when committed_at is not null then 'Ready' else 'Backlog'
            end,
            case when is_closed_as_done then 'Done' else 'Cancelled' end
        from items
    ),

    due_changes as (
        select
            work_item_id,
            'due_date' as field,
            due_moved_at as changed_at,
            due_date::varchar as from_value,
            (due_date + 21)::varchar as to_value
        from items
    ),

    other_changes as (
        select
            items.work_item_id,
            'assignee' as field,
            items.created_at + interval 30 minute as changed_at,
            null::varchar as from_value,
            people.person_id as to_value
        from items
        inner join people on items.assignee_k = people.k
        where items.level <> 'epic'
        union all
        select work_item_id, 'estimate_points', created_at + interval 45 minute, null, points::varchar
        from items
        where points is not null
        union all
        select
            work_item_id,
            'sprint',
            started_at - interval 20 minute,
            null,
            'Sprint ' || (divide(started_on - first_day(), 14) + 1)
        from items
        where third_of(r) < 0.1
    ),

    all_changes as (
        select *
        from status_changes
        union all
        select *
        from due_changes
        union all
        select *
        from other_changes
    ),

    known as (
        select all_changes.*, items.assignee_k
        from all_changes
        inner join items using (work_item_id)
        where all_changes.changed_at < utc((last_day_known() + 1)::timestamp)
    )

select
    known.work_item_id,
    known.field,
    known.changed_at,
    0 as change_seq,
    case
        known.field when 'status' then status_named(known.from_value, known.changed_at::date) else known.from_value
    end as from_value,
    case
        known.field when 'status' then status_named(known.to_value, known.changed_at::date) else known.to_value
    end as to_value,
    people.person_id as changed_by,
    folder_of(known.changed_at::date) as folder
from known
left join people on known.assignee_k = people.k
