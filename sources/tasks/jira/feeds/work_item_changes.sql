-- lookup: statuses
with
    histories as (
        select changelogs.issueid as issue_id, history.entry, _file, _record
        from raw.changelogs as changelogs
        left join lateral(select unnest(from_json(changelogs.changehistories, '["json"]')) as entry) as history on true
    ),
    items as (
        select histories.*, item.entry as item, item.nth
        from histories
        left join
            lateral(
                select
                    unnest(from_json((histories.entry -> 'items'), '["json"]')) as entry,
                    generate_subscripts(from_json((histories.entry -> 'items'), '["json"]'), 1) as nth
            ) as item
            on true
    ),
    changes as (
        select
            *,
            lower(coalesce((item ->> '$.fieldId'), (item ->> '$.field'))) as field_id,
            coalesce(
                try_cast((entry ->> '$.created') as timestamptz),
                to_timestamp(try_cast((entry ->> '$.created') as bigint) / 1000)
            ) as changed_at,
            -- an issue that moved while it was read brings its history twice
            row_number() over (partition by issue_id, (entry ->> '$.id'), nth order by _record desc) as copy
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
    row_number() over (partition by issue_id, field, changed_at, copy order by (entry ->> '$.id')::bigint, nth)
    - 1 as change_seq,
    case
        when field in ('assignee', 'due_date') then nullif((item ->> '$.from'), '') else (item ->> '$.fromString')
    end as from_value,
    case
        when field in ('assignee', 'due_date') then nullif((item ->> '$.to'), '') else (item ->> '$.toString')
    end as to_value,
    case
        when field = 'status'
        then
            coalesce(
                declared[(item ->> '$.fromString')], getvariable('categories')[(before.statuscategory ->> '$.key')]
            )
    end as from_category,
    case
        when field = 'status'
        then coalesce(declared[(item ->> '$.toString')], getvariable('categories')[(after.statuscategory ->> '$.key')])
    end as to_category,
    (entry ->> '$.author.accountId') as changed_by,
    case when item is null then 'no change' when copy > 1 then 'merged' end as _excluded,
    named._file,
    named._record
from named
left join raw.statuses as before on named.field = 'status' and (named.item ->> '$.from') = before.id
left join raw.statuses as after on named.field = 'status' and (named.item ->> '$.to') = after.id
