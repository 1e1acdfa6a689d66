with
    issues as (
        -- an issue that changed while it was read comes twice: the later record is the newer one
        select
            *,
            getvariable('source') || ':' as prefix,
            coalesce(
                getvariable('statuses')[state ->> '$.name'], getvariable('categories')[state ->> '$.type'], 'unknown'
            ) as status_category,
            row_number() over (partition by id order by _record desc) as nth
        from raw.issues
    )
select
    prefix || id as work_item_id,
    prefix || (parent ->> '$.id') as parent_work_item_id,
    case when parent ->> '$.id' is null then 'Issue' else 'Sub-issue' end as item_type,
    title,
    state ->> '$.name' as status,
    status_category,
    parent ->> '$.id' is null as is_deliverable,
    prefix || (project ->> '$.id') as initiative_id,
    prefix || (team ->> '$.id') as team_id,
    assignee ->> '$.id' as assignee_id,
    createdat as created_at,
    startedat as started_at,
    duedate as due_date,
    case when status_category in ('done', 'cancelled') then coalesce(completedat, canceledat) end as done_at,
    case when (state ->> '$.type') = 'duplicate' then 'duplicate' end as resolution,
    estimate as estimate_points,
    url,
    case when nth > 1 then 'merged' when trashed = 'true' then 'deleted' end as _excluded,
    _file,
    _record
from issues
