-- lookup: types
with
    records as (
        select
            *,
            -- read once: each further look into a JSON text parses it again
            from_json(fields, '{"System.AreaPath": "VARCHAR", "System.TeamProject": "VARCHAR",
                "System.WorkItemType": "VARCHAR", "System.State": "VARCHAR", "System.Title": "VARCHAR",
                "Microsoft.VSTS.Common.ActivatedDate": "VARCHAR",
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
            row_number() over (partition by id order by rev::bigint desc, _record desc) as nth
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
    )
select
    getvariable('source') || ':' || id as initiative_id,
    field."System.Title" as name,
    case
        coalesce(getvariable('statuses')[state], meanings.category)
        when 'done'
        then 'done'
        when 'cancelled'
        then 'cancelled'
        when 'in_progress'
        then 'active'
        else 'proposed'
    end as stage,
    getvariable('source') || ':' || field."System.AreaPath" as team_id,
    left(fields ->> ('$."' || getvariable('due_date') || '"'), 10) as planned_end_date,
    field."Microsoft.VSTS.Common.ActivatedDate" as started_at,
    case
        when coalesce(getvariable('statuses')[state], meanings.category) in ('done', 'cancelled')
        then coalesce(field."Microsoft.VSTS.Common.ClosedDate", field."Microsoft.VSTS.Common.StateChangeDate")
    end as ended_at,
    case
        when nth > 1
        then 'earlier revision'
        when not list_contains(getvariable('initiatives'), revisions.item_type)
        then 'no initiative'
        when len(getvariable('projects')) > 0 and not list_contains(getvariable('projects'), revisions.project)
        then 'in another project'
    end as _excluded,
    _file,
    _record
from revisions
left join
    meanings
    on revisions.project = meanings.project
    and revisions.item_type = meanings.item_type
    and revisions.state = meanings.name
