-- Jira, "Export CSV (all fields)"; layout from general knowledge, not tested against the tool.
with
    issues as (
        select
            *,
            try_strptime("Created", '%d/%b/%y %I:%M %p')::varchar as created_read,
            try_strptime("Resolved", '%d/%b/%y %I:%M %p')::varchar as resolved_read,
            try_strptime("Due date", '%d/%b/%y %I:%M %p')::date::varchar as due_read
        from raw.jira
    )
select
    "Issue key" as work_item_id,
    "Parent key" as parent_work_item_id,
    lower("Issue Type") as item_type,
    "Summary" as title,
    "Status" as status,
    case
        "Status Category"
        when 'To Do'
        then 'to_do'
        when 'In Progress'
        then 'in_progress'
        when 'Done'
        then 'done'
        else 'unknown'
    end as status_category,
    -- check: which types are handed over to somebody
    "Issue Type" in ('Story', 'Feature', 'New Feature', 'Improvement') as is_deliverable,
    "Project key" as initiative_id,
    "Assignee Id" as assignee_id,
    -- a date in another format stays as it is, so that its row is rejected and named
    coalesce(created_read, "Created") as created_at,
    coalesce(due_read, "Due date") as due_date,
    coalesce(resolved_read, "Resolved") as done_at,
    "Resolution" as resolution,
    _file,
    _record
from issues
