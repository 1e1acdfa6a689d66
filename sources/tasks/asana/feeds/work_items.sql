-- lookup: stories
with
    tasks as (
        -- a task of two projects comes twice, as does one that moved while it was read: the later record is the newer
        -- one
        select
            *,
            memberships ->> '$[0].section.name' as section,
            row_number() over (partition by gid order by _record desc) as nth,
            getvariable('source') || ':' as prefix
        from raw.tasks
    ),
    fields as (select gid, unnest(from_json(custom_fields, '["json"]')) as field from tasks where nth = 1),
    estimates as (
        select gid, max(field ->> '$.number_value') as points
        from fields
        where (field ->> '$.name') = getvariable('estimate')
        group by gid
    ),
    starts as (
        select task, min((record ->> '$.created_at')::timestamptz) as started_at
        from raw.stories
        where getvariable('statuses')[record ->> '$.new_section.name'] = 'in_progress'
        group by task
    ),
    read as (
        select
            *,
            case
                when completed = 'true' then 'done' else coalesce(getvariable('statuses')[section], 'to_do')
            end as status_category
        from tasks
    )
select
    prefix || read.gid as work_item_id,
    prefix || (parent ->> '$.gid') as parent_work_item_id,
    resource_subtype as item_type,
    name as title,
    case when completed = 'true' then 'completed' else coalesce(section, 'incomplete') end as status,
    -- a section may be named for what is finished, while the task isn't marked complete
    case
        when status_category = 'done' and completed_at is null then 'in_progress' else status_category
    end as status_category,
    coalesce(parent ->> '$.gid', '') = '' and resource_subtype <> 'milestone' as is_deliverable,
    prefix || (memberships ->> '$[0].project.gid') as initiative_id,
    assignee ->> '$.gid' as assignee_id,
    created_at,
    starts.started_at,
    due_on as due_date,
    completed_at as done_at,
    estimates.points as estimate_points,
    permalink_url as url,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from read
left join estimates on read.gid = estimates.gid
left join starts on read.gid = starts.task
