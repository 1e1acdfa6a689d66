-- lookup: label_events
with
    issues as (
        -- an issue that moved while it was read comes twice: the later record is the newer one
        select
            *,
            record ->> '$.id' as id,
            record ->> '$.state' as state,
            list_filter(
                from_json(record -> 'labels', '["varchar"]'), name -> getvariable('statuses')[name] is not null
            ) as labels,
            row_number() over (partition by record ->> '$.id' order by _record desc) as nth,
            getvariable('source') || ':' as prefix
        from raw.issues
    ),
    meant as (
        select
            *,
            list_transform(labels, name -> getvariable('statuses')[name]) as meanings,
            case
                when state = 'closed' and list_contains(meanings, 'cancelled')
                then 'cancelled'
                when state = 'closed'
                then 'done'
                when list_contains(meanings, 'in_progress')
                then 'in_progress'
                else 'to_do'
            end as status_category
        from issues
    ),
    starts as (
        select resource_id as issue_id, min(created_at::timestamptz) as started_at
        from raw.label_events
        where action = 'add' and getvariable('statuses')[label ->> '$.name'] = 'in_progress'
        group by resource_id
    )
select
    prefix || id as work_item_id,
    coalesce(record ->> '$.issue_type', 'issue') as item_type,
    record ->> '$.title' as title,
    case when state = 'closed' then state else coalesce(labels[1], state) end as status,
    status_category,
    coalesce(record ->> '$.issue_type', 'issue') = 'issue' as is_deliverable,
    prefix || project as team_id,
    record ->> '$.assignees[0].id' as assignee_id,
    record ->> '$.created_at' as created_at,
    starts.started_at,
    coalesce(record ->> '$.due_date', record ->> '$.milestone.due_date') as due_date,
    record ->> '$.closed_at' as done_at,
    record ->> '$.weight' as estimate_points,
    record ->> '$.web_url' as url,
    case
        when nth > 1 then 'merged' when (record ->> '$.moved_to_id') is not null then 'moved to another project'
    end as _excluded,
    _file,
    _record
from meant
left join starts on meant.id = starts.issue_id
