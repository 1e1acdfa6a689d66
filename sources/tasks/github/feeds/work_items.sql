with
    records as (
        -- read once: each further look into a JSON text parses it again
        select
            repository,
            from_json(record, '{"id": "VARCHAR", "type": {"name": "VARCHAR"}, "title": "VARCHAR", "state": "VARCHAR",
                "state_reason": "VARCHAR", "pull_request": {"merged_at": "VARCHAR"}, "assignee": {"login": "VARCHAR"},
                "created_at": "VARCHAR", "closed_at": "VARCHAR", "milestone": {"due_on": "VARCHAR"},
                "html_url": "VARCHAR"}') as issue,
            _file,
            _record
        from raw.issues
    ),
    -- an issue that moved while it was read comes twice: the later record is the newer one
    latest_records as (select issue.id as id, max(_record) as latest_record from records group by 1),
    issues as (select *, issue.pull_request is not null as is_pull_request from records)
select
    getvariable('source') || ':' || issue.id as work_item_id,
    case when is_pull_request then 'Pull request' else coalesce(issue.type.name, 'Issue') end as item_type,
    issue.title as title,
    issue.state as status,
    case when issue.state = 'closed' then 'done' else 'to_do' end as status_category,
    not is_pull_request as is_deliverable,
    getvariable('source') || ':' || repository as team_id,
    issue.assignee.login as assignee_id,
    issue.created_at as created_at,
    left(issue.milestone.due_on, 10) as due_date,
    issue.closed_at as done_at,
    case
        when issue.state <> 'closed'
        then null
        when is_pull_request and issue.pull_request.merged_at is null
        then 'declined'
        when is_pull_request
        then 'completed'
        else coalesce(issue.state_reason, 'completed')
    end as resolution,
    issue.html_url as url,
    case when _record < latest_record then 'merged' end as _excluded,
    _file,
    _record
from issues
left join latest_records on issues.issue.id = latest_records.id
