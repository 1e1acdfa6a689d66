-- lookup: statuses
with
    changelogs as (
        -- read once: each further look into a JSON text parses it again
        select
            issueid as issue_id,
            from_json(
                changehistories,
                '[{"id": "VARCHAR", "created": "VARCHAR", "author": {"accountId": "VARCHAR"}, "items": [{
                "field": "VARCHAR", "fieldId": "VARCHAR", "from": "VARCHAR", "fromString": "VARCHAR",
                "to": "VARCHAR", "toString": "VARCHAR"}]}]'
            ) as histories,
            _file,
            _record
        from raw.changelogs
    ),
    histories as (
        -- one without any still has a row
        select issue_id, unnest(case when len(histories) > 0 then histories else [null] end) as history, _file, _record
        from changelogs
    ),
    items as (
        select
            issue_id,
            history.id as history_id,
            history.created,
            history.author.accountid as changed_by,
            unnest(case when len(history.items) > 0 then history.items else [null] end) as item,
            generate_subscripts(case when len(history.items) > 0 then history.items else [null] end, 1) as nth,
            _file,
            _record
        from histories
    ),
    changes as (
        select
            *,
            lower(coalesce(item.fieldid, item.field)) as field_id,
            coalesce(try_cast(created as timestamptz), to_timestamp(try_cast(created as bigint) / 1000)) as changed_at,
            -- an issue that moved while it was read brings its history twice
            row_number() over (partition by issue_id, history_id, nth order by _record desc) as copy
        from items
    ),
    named as (
        select
            *,
            case
                field_id
                when 'duedate'
                then 'due_date'
                when getvariable('story_points')
                then 'estimate_points'
                when 'project'
                then 'team'
                else field_id
            end as field,
            getvariable('statuses') as declared
        from changes
    )
select
    getvariable('source') || ':' || issue_id as work_item_id,
    field,
    changed_at,
    row_number() over (partition by issue_id, field, changed_at, copy order by history_id::bigint, nth)
    - 1 as change_seq,
    case when field in ('assignee', 'due_date') then nullif(item."from", '') else item.fromstring end as from_value,
    case when field in ('assignee', 'due_date') then nullif(item."to", '') else item.tostring end as to_value,
    case
        when field = 'status'
        then coalesce(declared[item.fromstring], getvariable('categories')[(before.statuscategory ->> '$.key')])
    end as from_category,
    case
        when field = 'status'
        then coalesce(declared[item.tostring], getvariable('categories')[(after.statuscategory ->> '$.key')])
    end as to_category,
    changed_by,
    case when item is null then 'no change' when copy > 1 then 'merged' end as _excluded,
    named._file,
    named._record
from named
left join raw.statuses as before on named.field = 'status' and named.item."from" = before.id
left join raw.statuses as after on named.field = 'status' and named.item."to" = after.id
