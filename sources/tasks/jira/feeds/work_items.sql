-- lookup: changelogs, statuses
with
    -- an issue that moved while it was read comes twice: the later record is the newer one
    latest_records as (select id, max(_record) as latest_record from raw.issues group by id),
    read_issues as (
        select
            *,
            -- read once: each further look into a JSON text parses it again
            from_json(
                fields, '{"summary": "VARCHAR", "created": "VARCHAR", "duedate": "VARCHAR", "resolutiondate": "VARCHAR",
                "statuscategorychangedate": "VARCHAR", "resolution": {"name": "VARCHAR"}, "project": {"key": "VARCHAR"},
                "assignee": {"accountId": "VARCHAR"}, "issuetype": {"name": "VARCHAR", "hierarchyLevel": "VARCHAR"},
                "status": {"name": "VARCHAR", "statusCategory": {"key": "VARCHAR"}},
                "parent": {"id": "VARCHAR", "fields": {"issuetype": {"hierarchyLevel": "VARCHAR"}}}}'
            ) as field
        from raw.issues
    ),
    histories as (
        select issueid as issue_id, unnest(from_json(changehistories, '[{"created": "VARCHAR", "items": [{
                    "field": "VARCHAR", "fieldId": "VARCHAR", "from": "VARCHAR", "to": "VARCHAR"}]}]')) as history
        from raw.changelogs
    ),
    changes as (select issue_id, history.created, unnest(history.items) as item from histories),
    statuses as (select id, statuscategory ->> '$.key' as category from raw.statuses),
    moments as (
        select
            changes.issue_id,
            -- an ISO 8601 text, or milliseconds since 1970
            coalesce(
                try_cast(changes.created as timestamptz), to_timestamp(try_cast(changes.created as bigint) / 1000)
            ) as changed_at,
            statuses.category,
            earlier.category as earlier_category
        from changes
        inner join statuses on changes.item."to" = statuses.id
        left join statuses as earlier on changes.item."from" = earlier.id
        where coalesce(changes.item.fieldid, changes.item.field) = 'status'
    ),
    first_and_last as (
        select
            issue_id,
            min(changed_at) filter (where category = 'indeterminate') as started_at,
            -- from Done to Released it was done before
            max(changed_at) filter (where category = 'done' and earlier_category is distinct from 'done') as done_at
        from moments
        group by issue_id
    ),
    issues as (
        select
            read_issues.*,
            coalesce(
                getvariable('statuses')[field.status.name],
                getvariable('categories')[field.status.statuscategory.key],
                'unknown'
            ) as status_category,
            getvariable('source') || ':' as prefix
        from read_issues
    )
select
    prefix || issues.id as work_item_id,
    prefix || field.parent.id as parent_work_item_id,
    field.issuetype.name as item_type,
    field.summary as title,
    field.status.name as status,
    status_category,
    case
        when len(getvariable('deliverables')) > 0
        then list_contains(getvariable('deliverables'), field.issuetype.name)
        else field.issuetype.hierarchylevel = '0'
    end as is_deliverable,
    case
        when field.issuetype.hierarchylevel = '1'
        then prefix || issues.id
        when field.parent.fields.issuetype.hierarchylevel = '1'
        then prefix || field.parent.id
    end as initiative_id,
    prefix || field.project.key as team_id,
    field.assignee.accountid as assignee_id,
    field.created as created_at,
    first_and_last.started_at,
    field.duedate as due_date,
    case
        when status_category in ('done', 'cancelled')
        then coalesce(first_and_last.done_at::varchar, field.statuscategorychangedate, field.resolutiondate)
    end as done_at,
    field.resolution.name as resolution,
    fields ->> getvariable('story_points') as estimate_points,
    getvariable('url') || '/browse/' || issues.key as url,
    case when _record < latest_record then 'merged' end as _excluded,
    _file,
    _record
from issues
left join latest_records on issues.id = latest_records.id
left join first_and_last on issues.id = first_and_last.issue_id
