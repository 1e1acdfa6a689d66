with
    issues as (
        -- an issue that moved while it was read comes twice: the later record is the newer one
        select
            *,
            record ->> '$.id' as id,
            (record -> '$.pull_request') is not null
            and json_type(record -> '$.pull_request') = 'OBJECT' as is_pull_request,
            row_number() over (partition by record ->> '$.id' order by _record desc) as nth
        from raw.issues
    )
select
    getvariable('source') || ':' || id as work_item_id,
    case when is_pull_request then 'Pull request' else coalesce(record ->> '$.type.name', 'Issue') end as item_type,
    record ->> '$.title' as title,
    record ->> '$.state' as status,
    case when (record ->> '$.state') = 'closed' then 'done' else 'to_do' end as status_category,
    not is_pull_request as is_deliverable,
    getvariable('source') || ':' || repository as team_id,
    record ->> '$.assignee.login' as assignee_id,
    record ->> '$.created_at' as created_at,
    left(record ->> '$.milestone.due_on', 10) as due_date,
    record ->> '$.closed_at' as done_at,
    case
        when (record ->> '$.state') <> 'closed'
        then null
        when is_pull_request and (record ->> '$.pull_request.merged_at') is null
        then 'declined'
        when is_pull_request
        then 'completed'
        else coalesce(record ->> '$.state_reason', 'completed')
    end as resolution,
    record ->> '$.html_url' as url,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from issues
