-- what a status means, and which types are counted as deliverables, is decided here
with
    issues as (select * from raw.issues),

    named as (
        select
            key as work_item_id,
            parent as parent_work_item_id,
            issue_type as item_type,
            summary as title,
            status,
            case
                when status in ('Backlog', 'Ready')
                then 'to_do'
                when status in ('In Progress', 'Doing', 'In Review', 'Blocked')
                then 'in_progress'
                when status in ('Done', 'Released')
                then 'done'
                when status = 'Cancelled'
                then 'cancelled'
                else 'unknown'
            end as status_category,
            issue_type in ('Feature', 'Maintenance') as is_deliverable,
            project as initiative_id,
            team as team_id,
            product as product_id,
            assignee as assignee_id,
            created as created_at,
            committed as committed_at,
            started as started_at,
            due as due_date,
            resolved as done_at,
            released as released_at,
            accepted as accepted_at,
            case
                resolution when 'Done' then 'done' when 'Duplicate' then 'duplicate' when 'Won''t do' then 'wont_do'
            end as resolution,
            story_points as estimate_points,
            _file,
            _record
        from issues
    )

select *
from named
