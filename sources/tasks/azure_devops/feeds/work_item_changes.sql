-- lookup: types
with
    records as (
        select
            *,
            -- read once: each further look into a JSON text parses it again
            from_json(fields, '{"System.TeamProject": "VARCHAR", "System.WorkItemType": "VARCHAR",
                "System.State": "VARCHAR", "System.AssignedTo": {"id": "VARCHAR"},
                "System.AreaPath": "VARCHAR", "System.Parent": "VARCHAR", "System.ChangedDate": "VARCHAR",
                "System.ChangedBy": {"id": "VARCHAR"}}') as field
        from raw.revisions
    ),
    revisions as (
        select
            *,
            field."System.TeamProject" as project,
            field."System.WorkItemType" as item_type,
            field."System.State" as state,
            [
                {'field':'status', 'value':field."System.State"},
                {'field':'assignee', 'value':field."System.AssignedTo".id},
                {'field':'item_type', 'value':field."System.WorkItemType"},
                {'field':'team', 'value':field."System.AreaPath"},
                {'field':'parent', 'value':field."System.Parent"},
                {'field':'due_date', 'value':left(fields ->> ('$."' || getvariable('due_date') || '"'), 10)},
                {'field':'estimate_points', 'value':fields ->> ('$."' || getvariable('estimate') || '"')}
            ] as members,
            -- a revision comes twice where it was asked for as the one before a change
            row_number() over (partition by id, rev order by _record desc) as copy,
            last_value(field."System.TeamProject") over (
                partition by id order by rev::bigint rows between unbounded preceding and unbounded following
            ) as latest_project
        from records
    ),
    pairs as (
        select
            *,
            lag(members) over item as before,
            lag(project) over item as from_project,
            lag(item_type) over item as from_type,
            lag(state) over item as from_state
        from revisions
        window item as (partition by id, copy order by rev::bigint)
    ),
    changed as (
        select
            *,
            list_filter(
                list_transform(
                    members, (m, nth) -> {'field':m.field, 'to_value':m.value, 'from_value':before[nth].value}
                ),
                m -> before is not null and m.from_value is distinct from m.to_value
            ) as changes
        from pairs
    ),
    changes as (
        select changed.*, change.entry
        from changed
        left join lateral(select unnest(changed.changes) as entry) as change on true
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
    getvariable('source') || ':' || id as work_item_id,
    entry.field as field,
    field."System.ChangedDate" as changed_at,
    row_number() over (partition by id, entry.field, field."System.ChangedDate", copy order by rev::bigint)
    - 1 as change_seq,
    entry.from_value as from_value,
    entry.to_value as to_value,
    case
        when entry.field = 'status' then coalesce(getvariable('statuses')[entry.from_value], meant_before.category)
    end as from_category,
    case
        when entry.field = 'status' then coalesce(getvariable('statuses')[entry.to_value], meant_after.category)
    end as to_category,
    field."System.ChangedBy".id as changed_by,
    case
        when copy > 1
        then 'merged'
        when before is null
        then 'first known revision'
        when entry is null
        then 'no change of a field'
        when len(getvariable('projects')) > 0 and not list_contains(getvariable('projects'), latest_project)
        then 'in another project'
    end as _excluded,
    _file,
    _record
from changes
left join
    meanings as meant_before
    on changes.from_project = meant_before.project
    and changes.from_type = meant_before.item_type
    and changes.from_state = meant_before.name
left join
    meanings as meant_after
    on changes.project = meant_after.project
    and changes.item_type = meant_after.item_type
    and changes.state = meant_after.name
