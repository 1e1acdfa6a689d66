-- lookup: label_events
with
    records as (
        -- read once: each further look into a JSON text parses it again
        select
            project,
            from_json(record, '{"id": "VARCHAR", "state": "VARCHAR", "labels": ["VARCHAR"], "issue_type": "VARCHAR",
                "title": "VARCHAR", "assignees": [{"id": "VARCHAR"}], "created_at": "VARCHAR", "due_date": "VARCHAR",
                "milestone": {"due_date": "VARCHAR"}, "closed_at": "VARCHAR", "weight": "VARCHAR",
                "web_url": "VARCHAR", "moved_to_id": "VARCHAR"}') as issue,
            _file,
            _record
        from raw.issues
    ),
    issues as (
        -- an issue that moved while it was read comes twice: the later record is the newer one
        select
            *,
            issue.id as id,
            issue.state as state,
            list_filter(issue.labels, name -> getvariable('statuses')[name] is not null) as labels,
            row_number() over (partition by issue.id order by _record desc) as nth,
            getvariable('source') || ':' as prefix
        from records
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
    coalesce(issue.issue_type, 'issue') as item_type,
    issue.title as title,
    case when state = 'closed' then state else coalesce(labels[1], state) end as status,
    status_category,
    coalesce(issue.issue_type, 'issue') = 'issue' as is_deliverable,
    prefix || project as team_id,
    issue.assignees[1].id as assignee_id,
    issue.created_at as created_at,
    starts.started_at,
    coalesce(issue.due_date, issue.milestone.due_date) as due_date,
    issue.closed_at as done_at,
    issue.weight as estimate_points,
    issue.web_url as url,
    case when nth > 1 then 'merged' when issue.moved_to_id is not null then 'moved to another project' end as _excluded,
    _file,
    _record
from meant
left join starts on meant.id = starts.issue_id
