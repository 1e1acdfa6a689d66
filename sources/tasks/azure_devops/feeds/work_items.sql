-- lookup: portfolio, types, categories
with
    revisions as (
        select
            *,
            fields ->> '$."System.TeamProject"' as project,
            fields ->> '$."System.WorkItemType"' as item_type,
            fields ->> '$."System.State"' as state,
            row_number() over (partition by id order by rev::bigint desc, _record desc) as nth,
            getvariable('source') || ':' as prefix
        from raw.revisions
    ),
    states as (
        select project, record ->> '$.name' as item_type, unnest(from_json(record -> 'states', '["json"]')) as state
        from raw.types
    ),
    meanings as (
        select distinct
            project,
            item_type,
            state ->> '$.name' as name,
            getvariable('categories')[state ->> '$.category'] as category
        from states
    ),
    required_types as (
        select project, unnest(from_json(record -> 'workItemTypes', '["json"]')) ->> '$.name' as item_type
        from raw.categories
        where (record ->> '$.referenceName') = 'Microsoft.RequirementCategory'
    ),
    read as (
        select
            revisions.*,
            coalesce(getvariable('statuses')[state], meanings.category, 'unknown') as status_category,
            replace(lower(fields ->> '$."System.Reason"'), ' ', '_') as reason
        from revisions
        left join
            meanings
            on revisions.project = meanings.project
            and revisions.item_type = meanings.item_type
            and revisions.state = meanings.name
    )
select
    prefix || id as work_item_id,
    prefix || (fields ->> '$."System.Parent"') as parent_work_item_id,
    item_type,
    fields ->> '$."System.Title"' as title,
    state as status,
    status_category,
    case
        when len(getvariable('deliverables')) > 0
        then list_contains(getvariable('deliverables'), item_type)
        else (project, item_type) in (select (project, item_type) from required_types)
    end as is_deliverable,
    case
        when list_contains(getvariable('initiatives'), item_type)
        then prefix || id
        when (fields ->> '$."System.Parent"') in (select id from raw.portfolio)
        then prefix || (fields ->> '$."System.Parent"')
    end as initiative_id,
    prefix || (fields ->> '$."System.AreaPath"') as team_id,
    fields ->> '$."System.AssignedTo".id' as assignee_id,
    fields ->> '$."System.CreatedDate"' as created_at,
    fields ->> '$."Microsoft.VSTS.Common.ActivatedDate"' as started_at,
    left(fields ->> ('$."' || getvariable('due_date') || '"'), 10) as due_date,
    case
        when status_category in ('done', 'cancelled')
        then
            coalesce(
                fields ->> '$."Microsoft.VSTS.Common.ClosedDate"',
                fields ->> '$."Microsoft.VSTS.Common.StateChangeDate"'
            )
    end as done_at,
    case
        when
            status_category in ('done', 'cancelled')
            and reason in ('duplicate', 'as_designed', 'cannot_reproduce', 'obsolete', 'rejected')
        then reason
    end as resolution,
    fields ->> ('$."' || getvariable('estimate') || '"') as estimate_points,
    getvariable('url') || '/' || getvariable('organization') || '/_workitems/edit/' || id as url,
    case
        when nth > 1
        then 'earlier revision'
        when len(getvariable('projects')) > 0 and not list_contains(getvariable('projects'), project)
        then 'in another project'
    end as _excluded,
    _file,
    _record
from read
