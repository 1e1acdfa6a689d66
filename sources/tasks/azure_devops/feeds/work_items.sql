-- lookup: portfolio, types, categories
with
    records as (
        select
            *,
            -- read once: each further look into a JSON text parses it again
            from_json(fields, '{"System.Reason": "VARCHAR", "System.Parent": "VARCHAR", "System.AreaPath": "VARCHAR",
                "System.TeamProject": "VARCHAR", "System.WorkItemType": "VARCHAR", "System.State": "VARCHAR",
                "System.Title": "VARCHAR", "System.AssignedTo": {"id": "VARCHAR"},
                "System.CreatedDate": "VARCHAR", "Microsoft.VSTS.Common.ActivatedDate": "VARCHAR",
                "Microsoft.VSTS.Common.ClosedDate": "VARCHAR",
                "Microsoft.VSTS.Common.StateChangeDate": "VARCHAR"}') as field
        from raw.revisions
    ),
    revisions as (
        select
            *,
            field."System.TeamProject" as project,
            field."System.WorkItemType" as item_type,
            field."System.State" as state,
            row_number() over (partition by id order by rev::bigint desc, _record desc) as nth,
            getvariable('source') || ':' as prefix
        from records
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
            replace(lower(field."System.Reason"), ' ', '_') as reason
        from revisions
        left join
            meanings
            on revisions.project = meanings.project
            and revisions.item_type = meanings.item_type
            and revisions.state = meanings.name
    )
select
    prefix || id as work_item_id,
    prefix || field."System.Parent" as parent_work_item_id,
    item_type,
    field."System.Title" as title,
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
        when field."System.Parent" in (select id from raw.portfolio)
        then prefix || field."System.Parent"
    end as initiative_id,
    prefix || field."System.AreaPath" as team_id,
    field."System.AssignedTo".id as assignee_id,
    field."System.CreatedDate" as created_at,
    field."Microsoft.VSTS.Common.ActivatedDate" as started_at,
    left(fields ->> ('$."' || getvariable('due_date') || '"'), 10) as due_date,
    case
        when status_category in ('done', 'cancelled')
        then coalesce(field."Microsoft.VSTS.Common.ClosedDate", field."Microsoft.VSTS.Common.StateChangeDate")
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
