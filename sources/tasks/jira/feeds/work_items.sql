-- lookup: changelogs, statuses
with
    ranked_issues as (
        -- an issue that moved while it was read comes twice: the later record is the newer one
        select *, row_number() over (partition by id order by _record desc) as nth from raw.issues
    ),
    changes as (
        select
            changelogs.issueid as issue_id,
            (history ->> '$.created') as created,
            unnest(from_json((history -> 'items'), '["json"]')) as item
        from
            (
                select issueid, unnest(from_json(changehistories, '["json"]')) as history from raw.changelogs
            ) as changelogs
    ),
    moments as (
        select
            changes.issue_id,
            -- an ISO 8601 text, or milliseconds since 1970
            coalesce(
                try_cast(changes.created as timestamptz), to_timestamp(try_cast(changes.created as bigint) / 1000)
            ) as changed_at,
            (statuses.statuscategory ->> '$.key') as category,
            (earlier.statuscategory ->> '$.key') as earlier_category
        from changes
        inner join raw.statuses as statuses on (changes.item ->> '$.to') = statuses.id
        left join raw.statuses as earlier on (changes.item ->> '$.from') = earlier.id
        where coalesce((changes.item ->> '$.fieldId'), (changes.item ->> '$.field')) = 'status'
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
            ranked_issues.*,
            coalesce(
                getvariable('statuses')[(fields ->> '$.status.name')],
                getvariable('categories')[(fields ->> '$.status.statusCategory.key')],
                'unknown'
            ) as status_category,
            getvariable('source') || ':' as prefix
        from ranked_issues
    )
select
    prefix || issues.id as work_item_id,
    prefix || (fields ->> '$.parent.id') as parent_work_item_id,
    (fields ->> '$.issuetype.name') as item_type,
    (fields ->> '$.summary') as title,
    (fields ->> '$.status.name') as status,
    status_category,
    case
        when len(getvariable('deliverables')) > 0
        then list_contains(getvariable('deliverables'), (fields ->> '$.issuetype.name'))
        else (fields ->> '$.issuetype.hierarchyLevel') = '0'
    end as is_deliverable,
    case
        when (fields ->> '$.issuetype.hierarchyLevel') = '1'
        then prefix || issues.id
        when (fields ->> '$.parent.fields.issuetype.hierarchyLevel') = '1'
        then prefix || (fields ->> '$.parent.id')
    end as initiative_id,
    prefix || (fields ->> '$.project.key') as team_id,
    (fields ->> '$.assignee.accountId') as assignee_id,
    (fields ->> '$.created') as created_at,
    first_and_last.started_at,
    (fields ->> '$.duedate') as due_date,
    case
        when status_category in ('done', 'cancelled')
        then
            coalesce(
                first_and_last.done_at::varchar,
                (fields ->> '$.statuscategorychangedate'),
                (fields ->> '$.resolutiondate')
            )
    end as done_at,
    (fields ->> '$.resolution.name') as resolution,
    fields ->> getvariable('story_points') as estimate_points,
    getvariable('url') || '/browse/' || issues.key as url,
    case when nth > 1 then 'merged' end as _excluded,
    _file,
    _record
from issues
left join first_and_last on issues.id = first_and_last.issue_id
